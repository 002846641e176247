/// One plane of one frame on its way through the model: sizes, and where everything lies.
///
/// The pointers are valid for the duration of the pass. `codes`, `before` and `expected` point at
/// position 0; the position before it is all zeros, and 16 bytes after the last one may be read.
@unsafe struct ContextPass {
  var plane: ContextArrangement.Plane
  var alphabet: ContextAlphabet
  var isKey: Bool
  var usesSkip: Bool
  /// This frame's codes, channel-last; read when encoding, written when decoding.
  var codes: UnsafeMutablePointer<UInt8>
  /// The codes of the frame before.
  var before: UnsafePointer<UInt8>
  /// The running mean of the codes up to the frame before, in sixteenths of a first symbol.
  var expected: UnsafePointer<UInt8>
  /// How far codes were from what was expected, one entry per position; `energy[-1]` is 0.
  var energy: UnsafeMutablePointer<UInt16>
  /// Which groups were skipped, one byte per group; the position before the first is all zeros.
  var skipped: UnsafeMutablePointer<UInt8>
  /// Rows of all planes.
  var rows: UnsafeMutablePointer<UInt16>
  /// Probabilities of skipping, per context, in 1/65536.
  var skipRows: UnsafeMutablePointer<UInt16>
  /// Where the rows of each channel start, as `ContextTables.starts(of:alphabet:)` has them.
  var starts: UnsafePointer<Int32>
  var predictor: ContextPredictor
}

extension ContextTables {
  /// The first slots of every channel's rows: A, B, and for second symbols A and B, each a run of
  /// whole groups of channels.
  func starts(of plane: ContextArrangement.Plane, alphabet: ContextAlphabet) -> [Int32] {
    let perMember = alphabet.means * Self.energyClasses * alphabet.slots
    let perLowMember = Self.lowPlaces * Self.energyClasses * alphabet.lowSlots
    let run = 16 * plane.groups
    var starts = [Int32](repeating: 0, count: 4 * run)
    for (index, member) in plane.members.enumerated() {
      for channel in member.firstChannel..<member.firstChannel + member.channels {
        let number = channel % plane.classes
        starts[channel] = Int32(first + index * perMember)
        starts[run + channel] = Int32(second + number * classStride)
        starts[2 * run + channel] = Int32(lowFirst + index * perLowMember)
        starts[3 * run + channel] = Int32(lowSecond + number * lowClassStride)
      }
    }
    return starts
  }
}

/// The neighbours of a position that were coded before it.
///
/// The first position has none: all are −1, the position of zeros. The first row takes the left one
/// for those above; the first column takes the one above for those to the left; the last column
/// takes the one above for the one above right; where there is no second one to the left or above,
/// the first one is taken.
///
/// Of the frame before all is known: `beside`, `over`, `right` and `below` are next to the position,
/// or the position itself at an edge.
struct ContextNeighbours {
  let left: Int
  let above: Int
  let aboveRight: Int
  let aboveLeft: Int
  let leftLeft: Int
  let aboveAbove: Int
  let beside: Int
  let over: Int
  let right: Int
  let below: Int

  @inline(__always)
  init(row: Int, column: Int, height: Int, width: Int) {
    let position = row * width + column
    if row == 0 {
      left = position - 1
      above = position - 1
      aboveRight = position - 1
      aboveLeft = position - 1
    } else {
      above = position - width
      left = column > 0 ? position - 1 : above
      aboveRight = column < width - 1 ? above + 1 : above
      aboveLeft = column > 0 ? above - 1 : above
    }
    leftLeft = column > 1 ? left - 1 : left
    aboveAbove = row > 1 ? above - width : above
    beside = column > 0 ? position - 1 : position
    over = row > 0 ? position - width : position
    right = column < width - 1 ? position + 1 : position
    below = row < height - 1 ? position + width : position
  }
}

/// Steps in the energy around a position, for 64 channels; the class is how many are reached.
enum ContextEnergy {
  static let key: [Int32] = [432, 648, 864, 1080, 1368]
  static let delta: [Int32] = [144, 252, 405, 630, 990]

  /// What a plane's energy is multiplied by, in 1/65536, to be that of 64 channels.
  static func share(channels: Int) -> Int { (64 << 16) / channels }

  /// The steps for codes of a number of bits, filled up with one that is never reached.
  static func thresholds(isKey: Bool, bits: Int) -> SIMD8<Int32> {
    var steps = SIMD8<Int32>(repeating: .max)
    for (index, step) in (isKey ? key : delta).enumerated() {
      // A code spans more at 2 bits and less from 4 bits on.
      steps[index] = bits == 2 ? step * 3 / 4 : bits == 3 ? step : step * 3 / 2
    }
    return steps
  }
}
