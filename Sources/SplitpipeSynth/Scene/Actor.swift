/// Something that moves through the scene, with what it carries: a rider and the bicycle are one.
struct Actor: Sendable {
  enum State: Sendable, Equatable {
    case moving
    case standing(until: Double)
    case parked
  }

  /// Drawn one over the other, at one place.
  var figures: [any Figure]
  /// Where it stands, in units.
  var x: Double
  var y: Double
  /// +1 to the right, −1 to the left.
  var direction: Double
  /// Metres per second when nothing holds it up.
  var cruise: Double
  /// Units per second up or down the picture.
  var drift: Double
  var speed: Double
  var motion = Motion()
  var state: State
  var track: Int
  var isVehicle: Bool
  /// When to stop next, in seconds from the start of the clip; nil for never.
  var stopsAt: Double?
  /// For how long, in seconds.
  var stopsFor: Double
  /// Whether the picture of it is the mirror image; what faces the camera keeps its own.
  var isMirrored: Bool { direction < 0 }

  /// Half of the longest figure's length, in metres.
  var reach: Double {
    figures.reduce(0) { max($0, $1.extent.back, $1.extent.front) }
  }

  /// Goes on for `step` seconds; `room` is how far the one ahead is, in metres.
  mutating func advance(_ step: Double, now: Double, room: Double, view: View) {
    motion.seconds = now
    var wanted = cruise
    switch state {
    case .parked: wanted = 0
    case .standing(let until):
      wanted = 0
      if now >= until { state = .moving }
    case .moving:
      if let stopsAt, now >= stopsAt {
        state = .standing(until: now + stopsFor)
        self.stopsAt = nil
        wanted = 0
      }
    }
    if isVehicle { wanted = min(wanted, max(0, (room - 1.2) * 0.8)) }
    let most = (isVehicle ? 2.6 : 3.5) * step
    speed += min(most, max(-2 * most, wanted - speed))
    if isVehicle { speed = min(speed, max(0, room - 0.4) / max(step, 0.25)) }
    motion.distance += speed * step
    motion.effort += (min(1, speed / max(0.1, cruise)) - motion.effort) * min(1, 6 * step)
    x += direction * speed * view.scale(at: y) * step
    if speed > 0.2 { y += drift * step }
  }
}
