import SplitpipeCore

/// How the tensors of a frame are laid out for coding: tensors of equal height and width lie in one
/// plane, their channels side by side at every position.
///
/// The last two axes of a tensor are height and width, all axes before them are channels. A tensor
/// of rank below 3, or of one position only, is a row: one channel, height 1, all values along the
/// width.
struct ContextArrangement: Sendable, Equatable {
  struct Member: Sendable, Equatable {
    /// Place in the frame.
    let tensor: Int
    let firstChannel: Int
    let channels: Int
  }

  struct Plane: Sendable, Equatable {
    let height: Int
    let width: Int
    let channels: Int
    let members: [Member]
    /// Bytes of all planes before this one, each with its border.
    let offset: Int

    var positions: Int { height * width }
    /// Groups of up to 16 channels that are coded together.
    var groups: Int { (channels + 15) / 16 }
    /// Channels whose numbers differ by a multiple of 64 share their tables.
    var classes: Int { min(channels, 64) }
    /// One position of zeros before the first, and room to read 16 bytes anywhere.
    var bytes: Int { (positions + 1) * channels + 16 }
  }

  let shapes: [Shape]
  let planes: [Plane]

  /// - Precondition: no shape is empty.
  init(_ shapes: [Shape]) {
    self.shapes = shapes
    var order: [[Int]] = []
    var grouped: [[Int]: [(tensor: Int, channels: Int)]] = [:]
    for (tensor, shape) in shapes.enumerated() {
      let extents = Self.extents(of: shape)
      let key = [extents.height, extents.width]
      if grouped[key] == nil { order.append(key) }
      grouped[key, default: []].append((tensor, extents.channels))
    }
    var planes: [Plane] = []
    var offset = 0
    for key in order {
      var members: [Member] = []
      var channels = 0
      for (tensor, count) in grouped[key] ?? [] {
        members.append(Member(tensor: tensor, firstChannel: channels, channels: count))
        channels += count
      }
      let plane = Plane(
        height: key[0], width: key[1], channels: channels, members: members, offset: offset)
      offset += plane.bytes
      planes.append(plane)
    }
    self.planes = planes
  }

  /// Bytes of all planes.
  var bytes: Int { planes.reduce(0) { $0 + $1.bytes } }

  /// Coefficients of all tensors.
  var count: Int { shapes.reduce(0) { $0 + $1.count } }

  private static func extents(of shape: Shape) -> (channels: Int, height: Int, width: Int) {
    let axes = shape.dimensions
    guard axes.count >= 3, axes[axes.count - 1] * axes[axes.count - 2] > 1 else {
      return (1, 1, shape.count)
    }
    let positions = axes[axes.count - 1] * axes[axes.count - 2]
    return (shape.count / positions, axes[axes.count - 2], axes[axes.count - 1])
  }
}
