/// Makes the actors of a scene.
struct Casting {
  let view: View
  let layout: Layout

  /// A new actor on a track; `inSight` places it within the picture, else just outside of it.
  func actor(
    on track: Int, _ user: Layout.User, inSight: Bool, now: Double, _ dice: inout Dice
  ) -> Actor {
    let feet = layout.tracks[track].feet
    let given = layout.tracks[track].direction
    let direction = given == 0 ? (dice.chance(0.5) ? 1 : -1) : given
    var actor = Actor(
      figures: [], x: 0, y: dice.between(feet.lowerBound, feet.upperBound), direction: direction,
      cruise: 1, drift: 0, speed: 0, state: .moving, track: track, isVehicle: false,
      stopsAt: dice.chance(0.35) ? now + dice.between(1.5, 14) : nil,
      stopsFor: dice.between(1.5, 8))
    dress(&actor, as: user, &dice)
    let reach = actor.reach * view.scale(at: actor.y)
    if inSight || actor.state == .parked {
      actor.x = dice.between(0.04, 0.96) * view.width
    } else {
      actor.x = direction > 0 ? -reach - 4 : view.width + reach + 4
    }
    if actor.state == .moving {
      actor.speed = actor.cruise
      actor.motion.effort = 1
      if inSight, dice.chance(0.35) {
        actor.state = .standing(until: now + dice.between(2, 12))
        actor.speed = 0
        actor.motion.effort = 0
      }
    }
    return actor
  }

  private func dress(_ actor: inout Actor, as user: Layout.User, _ dice: inout Dice) {
    switch user {
    case .person:
      actor.figures = [Person(&dice, standing: dice.pick([.side, .front, .front, .back]))]
      actor.cruise = dice.between(0.9, 1.8)
      actor.drift = dice.between(-3, 3)
    case .cyclist:
      let bicycle = Bicycle(&dice)
      actor.figures = [bicycle, Rider(&dice, on: bicycle)]
      actor.cruise = dice.between(3, 5.5)
      actor.isVehicle = layout.tracks[actor.track].direction != 0
      actor.stopsAt = nil
    case .bicycle:
      actor.figures = [Bicycle(&dice)]
      actor.state = .parked
    case .car:
      actor.figures = [Car(&dice)]
      actor.cruise = dice.between(4, 8.5)
      actor.isVehicle = true
    case .parkedCar:
      if layout.place == .yard, dice.chance(0.6) {
        actor.figures = [CarFacing(&dice)]
      } else {
        actor.figures = [Car(&dice)]
      }
      actor.isVehicle = true
      actor.state = .parked
    case .bus:
      actor.figures = [Bus(&dice)]
      actor.cruise = dice.between(3.5, 6.5)
      actor.isVehicle = true
    case .dog:
      actor.figures = [Dog(&dice)]
      actor.cruise = dice.between(1, 3.4)
      actor.drift = dice.between(-4, 4)
    }
  }
}
