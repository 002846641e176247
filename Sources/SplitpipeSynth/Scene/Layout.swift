/// What the place is like: what the ground is made of, what stands behind, and who goes where.
struct Layout: Sendable {
  enum Place: Sendable { case street, yard }
  enum Material: CaseIterable, Sendable { case asphalt, paving, grass, gravel, concrete }
  enum Back: CaseIterable, Sendable { case houses, bricks, hedge, fence }

  /// A strip of ground across the picture, down to `bottom` units.
  struct Strip: Sendable {
    var bottom: Double
    var material: Material
    var tone: Double
    var hasKerb: Bool
  }

  /// Who may appear on a track.
  enum User: CaseIterable, Sendable { case person, cyclist, bicycle, car, parkedCar, bus, dog }

  /// A part of the ground along which some objects move.
  struct Track: Sendable {
    /// Units from the top where the objects stand.
    var feet: ClosedRange<Double>
    /// +1 to the right, −1 to the left, 0 either way.
    var direction: Double
    var users: [(user: User, weight: Double)]
  }

  var place: Place
  var back: Back
  /// Where the wall behind meets the ground, in units.
  var wallBase: Double
  var strips: [Strip]
  var tracks: [Track]
  /// The y of the lane marking and of the edges of the road; empty in a yard.
  var markings: [Double]
  var scenery: [(shape: Scenery.Shape, x: Double, y: Double)]

  init(_ view: View, _ dice: inout Dice) {
    place = dice.chance(0.6) ? .street : .yard
    back = dice.pick(Back.allCases)
    wallBase = dice.between(158, 178)
    strips = []
    tracks = []
    markings = []
    scenery = []
    if place == .street { layStreet(&dice) } else { layYard(&dice) }
    placeScenery(view, &dice)
  }

  private mutating func layStreet(_ dice: inout Dice) {
    let roadTop = wallBase + dice.between(30, 42)
    let roadBottom = roadTop + dice.between(88, 104)
    let pavement: Material = dice.pick([.paving, .paving, .concrete, .gravel])
    let middle = (roadTop + roadBottom) / 2
    strips = [
      Strip(bottom: roadTop, material: pavement, tone: dice.between(0.85, 1.1), hasKerb: true),
      Strip(
        bottom: roadBottom, material: dice.chance(0.85) ? .asphalt : .concrete,
        tone: dice.between(0.75, 1.2), hasKerb: true),
      Strip(
        bottom: 1000, material: dice.chance(0.3) ? .grass : pavement, tone: dice.between(0.85, 1.1),
        hasKerb: false),
    ]
    markings = dice.chance(0.85) ? [middle] : []
    let side = dice.chance(0.5) ? 1.0 : -1.0
    let walkers: [(User, Double)] = [(.person, 5), (.dog, 4.4), (.bicycle, 1.6), (.cyclist, 0.8)]
    let drivers: [(User, Double)] = [(.car, 5), (.bus, 3.2), (.cyclist, 1.6)]
    tracks = [
      Track(feet: (wallBase + 14)...(roadTop - 6), direction: 0, users: walkers),
      Track(feet: (roadTop + 26)...(roadTop + 32), direction: side, users: drivers),
      Track(
        feet: (roadBottom - 14)...(roadBottom - 9), direction: -side,
        users: drivers),
      Track(feet: (roadBottom + 14)...374, direction: 0, users: walkers),
    ]
  }

  private mutating func layYard(_ dice: inout Dice) {
    let ground = dice.pick(Material.allCases)
    let far = dice.pick(Material.allCases)
    let drive = wallBase + dice.between(62, 80)
    strips = [
      Strip(
        bottom: drive + 12, material: far == .grass ? .concrete : far,
        tone: dice.between(0.8, 1.15), hasKerb: dice.chance(0.5)),
      Strip(bottom: 1000, material: ground, tone: dice.between(0.8, 1.15), hasKerb: false),
    ]
    tracks = [
      Track(
        feet: (wallBase + 30)...(wallBase + 36), direction: 0,
        users: [(.parkedCar, 3), (.bicycle, 1)]),
      Track(
        feet: (drive - 3)...(drive + 4), direction: dice.chance(0.5) ? 1 : -1,
        users: [(.car, 3), (.bus, 3)]),
      Track(
        feet: (drive + 22)...374, direction: 0,
        users: [(.person, 5), (.dog, 4.6), (.bicycle, 2), (.cyclist, 1.8)]),
    ]
  }

  private mutating func placeScenery(_ view: View, _ dice: inout Dice) {
    let count = dice.index(4)
    for _ in 0..<count {
      let shape = dice.pick(Scenery.Shape.allCases)
      let isHigh = shape == .tree || shape == .lamp
      let near = dice.chance(isHigh ? 0.25 : 0.6)
      let last = tracks[tracks.count - 1].feet
      let y = near ? dice.between(last.lowerBound, last.upperBound) : wallBase + 24
      scenery.append((shape, dice.between(0.04, 0.96) * view.width, y))
    }
  }
}
