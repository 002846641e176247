/// Something that can be drawn, in metres: it stands on the ground at (0, 0), y grows downwards, and
/// it looks to the right.
protocol Figure: Sendable {
  /// What it is labelled as; nil for what only stands in the way.
  var kind: ObjectClass? { get }
  /// Metres from the origin that nothing drawn goes beyond.
  var extent: Extent { get }
  func draw(_ pen: Pen, motion: Motion)
}

/// How far a figure reaches from its place on the ground, in metres.
struct Extent: Sendable, Equatable {
  var back: Double
  var front: Double
  var height: Double
  /// Below the ground line: what is nearer to the camera than the middle of the figure.
  var below = 0.12
  /// Half the width of what touches the ground, for the shadow.
  var base: Double
}

/// What a figure is doing.
struct Motion: Sendable, Equatable {
  /// Metres travelled so far.
  var distance = 0.0
  /// 0 standing, 1 moving.
  var effort = 0.0
  /// Seconds since the clip began, for what moves at rest.
  var seconds = 0.0
}

/// The end and the joint of a limb of two equal parts, each `part` long, from `root` to `goal`.
///
/// Where the goal is out of reach the limb is stretched towards it. The joint bends to the side of
/// `bend`: +1 is to the left seen along the limb with y downwards, −1 to the right.
func jointed(from root: Point, to goal: Point, part: Double, bend: Double) -> [Point] {
  let span = goal - root
  let length = max(1e-6, (span.x * span.x + span.y * span.y).squareRoot())
  let reach = min(length, 1.999 * part)
  let along = span * (1 / length)
  let end = root + along * reach
  let side = (part * part - reach * reach / 4).squareRoot()
  let joint = root + along * (reach / 2) + Point(along.y, -along.x) * (side * bend)
  return [root, joint, end]
}
