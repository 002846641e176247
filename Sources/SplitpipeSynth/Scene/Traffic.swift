/// Everyone in the scene: who comes, who goes, who waits for whom.
struct Traffic {
  private(set) var actors: [Actor] = []
  private let casting: Casting
  private let wanted: Int
  private var dice: Dice
  private var now = 0.0
  /// When the only one comes; nil where there is no visit, or it has come.
  private var visit: Double?

  init(view: View, layout: Layout, wanted: Int, visit: Double? = nil, dice: Dice) {
    self.visit = visit
    casting = Casting(view: view, layout: layout)
    self.wanted = wanted
    self.dice = dice
    var tries = 0
    while actors.count < wanted, tries < 8 * wanted {
      tries += 1
      enter(inSight: true)
    }
  }

  /// Lets `step` seconds pass.
  mutating func advance(_ step: Double) {
    now += step
    let rooms = actors.indices.map(room)
    for index in actors.indices {
      actors[index].advance(step, now: now, room: rooms[index], view: casting.view)
      let feet = casting.layout.tracks[actors[index].track].feet
      if !feet.contains(actors[index].y) {
        actors[index].y = min(max(actors[index].y, feet.lowerBound), feet.upperBound)
        actors[index].drift = -actors[index].drift
      }
    }
    actors.removeAll { actor in
      let reach = actor.reach * casting.view.scale(at: actor.y) + 6
      return actor.direction > 0
        ? actor.x > casting.view.width + reach : actor.x < -reach
    }
    if let visit, now >= visit {
      self.visit = nil
      // Not every actor may enter; the most have a track that someone can come along.
      for _ in 0..<64 where actors.isEmpty { enter(inSight: false) }
      for index in actors.indices { actors[index].stopsAt = nil }
    }
    if actors.count < wanted, dice.chance(min(1, 3 * step)) { enter(inSight: false) }
  }

  private mutating func enter(inSight: Bool) {
    let view = casting.view
    let track = dice.index(casting.layout.tracks.count)
    let users = casting.layout.tracks[track].users
    let user = users[dice.weighted(users.map(\.weight))].user
    let actor = casting.actor(on: track, user, inSight: inSight, now: now, &dice)
    // What is parked was there before the clip began.
    guard inSight || actor.state != .parked else { return }
    let scale = view.scale(at: actor.y)
    let isFree = actors.allSatisfy { other in
      guard other.track == track else { return true }
      let gap = abs(other.x - actor.x) / scale
      if actor.isVehicle || other.isVehicle { return gap > actor.reach + other.reach + 0.6 }
      return abs(other.y - actor.y) > 4 || gap > 0.7
    }
    if isFree { actors.append(actor) }
  }

  /// Metres to the back of the vehicle ahead on the same track.
  private func room(_ index: Int) -> Double {
    let actor = actors[index]
    guard actor.isVehicle else { return .infinity }
    let scale = casting.view.scale(at: actor.y)
    var least = Double.infinity
    for (other, ahead) in actors.enumerated()
    where other != index && ahead.isVehicle && ahead.track == actor.track {
      let gap = (ahead.x - actor.x) * actor.direction / scale
      if gap > 0 { least = min(least, gap - actor.reach - ahead.reach) }
    }
    return least
  }
}
