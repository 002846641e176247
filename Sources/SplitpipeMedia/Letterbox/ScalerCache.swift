import CFFmpeg
import SplitpipeCore

/// A scaling that is done again and again: the same for every frame of a video.
struct ScalingTask: Hashable, Sendable {
  var source: PixelLayout
  /// Size of the result in the orientation of the source.
  var target: PixelSize
  var flags: Int32
  /// Whether colours are made at the size of the source, before anything is scaled; see
  /// `ScalingOptions.Chroma`.
  var replicatesChroma = false
}

/// The scalers used last, most recent first: a video needs one, a folder of images a few.
struct ScalerCache {
  static let capacity = 4
  private var entries: [(task: ScalingTask, scaler: PlaneScaler)] = []

  mutating func scaler(for task: ScalingTask) throws -> PlaneScaler {
    if let place = entries.firstIndex(where: { $0.task == task }) {
      if place > 0 { entries.insert(entries.remove(at: place), at: 0) }
      return entries[0].scaler
    }
    let scaler = try PlaneScaler(task)
    if entries.count == Self.capacity { entries.removeLast() }
    entries.insert((task, scaler), at: 0)
    return scaler
  }
}

/// A scaler with its scratch of 16-bit planes.
///
/// A class so that the cache can hold it; it is used under the cache's lock only.
final class PlaneScaler {
  private let scaler: Scaler
  private let scratch: FrameBuffer
  private let colours: Colours?

  /// The frame as RGB, before it is scaled.
  private final class Colours {
    let converter: Scaler
    let pixels: FrameBuffer
    let layout: PixelLayout

    init(_ source: PixelLayout) throws {
      layout = PixelLayout(
        size: source.size, format: cffmpeg_canvas(), isFullRange: true, matrix: SWS_CS_DEFAULT)
      pixels = try FrameBuffer(size: source.size, format: cffmpeg_canvas())
      // Without accurate_rnd, libswscale takes its short way from planes of half the resolution.
      converter = try Scaler(from: source, to: layout, flags: SWS_BICUBIC)
    }
  }

  init(_ task: ScalingTask) throws {
    scratch = try FrameBuffer(size: task.target, format: cffmpeg_planes16())
    let target = PixelLayout(
      size: task.target, format: cffmpeg_planes16(), isFullRange: true, matrix: SWS_CS_DEFAULT)
    let colours = task.replicatesChroma ? try Colours(task.source) : nil
    self.colours = colours
    scaler = try Scaler(from: colours?.layout ?? task.source, to: target, flags: task.flags)
  }

  /// Scales one frame into the scratch.
  func run(_ frame: borrowing FrameBuffer) throws {
    guard let colours else { return try scaler.convert(frame, to: scratch) }
    try colours.converter.convert(frame, to: colours.pixels)
    try scaler.convert(colours.pixels, to: scratch)
  }

  /// The scratch, turned upright and rounded to bytes, as a padded 1×3×H×W tensor.
  func tensor(
    letterbox: Letterbox, orientation: Orientation, order: InputGeometry.ChannelOrder
  ) -> Tensor<UInt8> {
    unsafe planes(letterbox.input, orientation, order) { plane, source, steps in
      unsafe fill(plane, from: source, steps: steps, letterbox: letterbox)
    }
  }

  /// A part of the scratch, turned upright and rounded to bytes, as a 1×3×H×W tensor; 0 where the crop,
  /// whose upper left corner is given, leaves the scaled picture.
  func tensor(
    crop: PixelSize, at corner: (x: Int, y: Int), orientation: Orientation,
    order: InputGeometry.ChannelOrder
  ) -> Tensor<UInt8> {
    let scaled = orientation.applied(to: scratch.size)
    let columns = max(0, -corner.x)..<max(0, -corner.x, min(crop.width, scaled.width - corner.x))
    let rows = max(0, -corner.y)..<max(0, -corner.y, min(crop.height, scaled.height - corner.y))
    return unsafe planes(crop, orientation, order) { plane, source, steps in
      guard let base = plane.baseAddress else { return }
      unsafe base.initialize(repeating: 0, count: plane.count)
      for y in rows {
        unsafe round(
          source + (corner.y + y) * steps.y + (corner.x + columns.lowerBound) * steps.x,
          step: steps.x, into: base + y * crop.width + columns.lowerBound, count: columns.count)
      }
    }
  }

  /// Fills the three planes of a tensor of `size`: each from the scratch's plane of that colour,
  /// which starts at the picture's upper left corner as shown.
  private func planes(
    _ size: PixelSize, _ orientation: Orientation, _ order: InputGeometry.ChannelOrder,
    fill: (
      UnsafeMutableBufferPointer<UInt8>, UnsafePointer<UInt16>, (x: Int, y: Int)
    ) -> Void
  ) -> Tensor<UInt8> {
    let area = size.width * size.height
    // GBRP keeps green in plane 0, blue in plane 1, red in plane 2.
    let planes = order == .rgb ? [2, 0, 1] : [1, 0, 2]
    let values = unsafe [UInt8](unsafeUninitializedCapacity: 3 * area) { buffer, initialized in
      for (channel, plane) in planes.enumerated() {
        guard let source = unsafe scratch.plane(plane) else { continue }
        let stride = unsafe source.bytesPerRow / 2
        let walk = orientation.walk(coded: scratch.size, stride: stride)
        unsafe source.0.withMemoryRebound(to: UInt16.self, capacity: stride * scratch.size.height) {
          unsafe fill(
            UnsafeMutableBufferPointer(rebasing: buffer[channel * area..<(channel + 1) * area]),
            $0 + walk.start, (walk.stepX, walk.stepY))
        }
      }
      initialized = 3 * area
    }
    return Tensor(shape: Shape([1, 3, size.height, size.width]), values: values)
  }
}

/// Writes one padded plane: grey all around the scaled picture.
private func fill(
  _ plane: UnsafeMutableBufferPointer<UInt8>, from source: UnsafePointer<UInt16>,
  steps: (x: Int, y: Int), letterbox: Letterbox
) {
  guard let base = plane.baseAddress else { return }
  let (width, scaled) = (letterbox.input.width, letterbox.scaled)
  let right = width - letterbox.left - scaled.width
  let above = letterbox.top * width
  let below = (letterbox.input.height - letterbox.top - scaled.height) * width
  unsafe base.initialize(repeating: Letterbox.padding, count: above)
  unsafe (base + plane.count - below).initialize(repeating: Letterbox.padding, count: below)
  for y in 0..<scaled.height {
    let row = unsafe base + (above + y * width)
    unsafe row.initialize(repeating: Letterbox.padding, count: letterbox.left)
    let pixels = unsafe row + letterbox.left
    unsafe round(source + y * steps.y, step: steps.x, into: pixels, count: scaled.width)
    unsafe (pixels + scaled.width).initialize(repeating: Letterbox.padding, count: right)
  }
}

/// Rounds 16-bit samples (255 is 65280) to bytes.
@inline(__always)
private func round(
  _ source: UnsafePointer<UInt16>, step: Int, into target: UnsafeMutablePointer<UInt8>, count: Int
) {
  if step == 1 {
    for x in 0..<count { unsafe target[x] = rounded(source[x]) }
  } else {
    for x in 0..<count { unsafe target[x] = rounded(source[x &* step]) }
  }
}

@inline(__always)
private func rounded(_ sample: UInt16) -> UInt8 {
  UInt8(truncatingIfNeeded: (min(sample, 0xFF7F) &+ 0x80) &>> 8)
}
