import SplitpipeCore

extension ContextArrangement {
  /// Lays the tensors' codes out side by side.
  ///
  /// - Precondition: `codes` has `bytes` bytes, and the tensors are of these shapes.
  func gather(_ tensors: [QuantizedTensor], into codes: inout [UInt8]) {
    for plane in planes {
      for member in plane.members {
        let source = tensors[member.tensor].codes
        for channel in 0..<member.channels {
          var to = plane.offset + plane.channels + member.firstChannel + channel
          for from in channel * plane.positions..<(channel + 1) * plane.positions {
            codes[to] = source[from]
            to += plane.channels
          }
        }
      }
    }
  }

  /// The codes of each tensor, in the order of the frame.
  func scatter(_ codes: [UInt8]) -> [[UInt8]] {
    var tensors = shapes.map { [UInt8](repeating: 0, count: $0.count) }
    for plane in planes {
      for member in plane.members {
        for channel in 0..<member.channels {
          var from = plane.offset + plane.channels + member.firstChannel + channel
          for to in channel * plane.positions..<(channel + 1) * plane.positions {
            tensors[member.tensor][to] = codes[from]
            from += plane.channels
          }
        }
      }
    }
    return tensors
  }

  /// Passes every tensor on: where its first code goes, and how far it is from position to position.
  func forEachMember(
    _ body: (_ member: Member, _ positions: Int, _ start: Int, _ stride: Int) -> Void
  ) {
    for plane in planes {
      for member in plane.members {
        body(
          member, plane.positions, plane.offset + plane.channels + member.firstChannel,
          plane.channels)
      }
    }
  }

  /// The share of groups of channels, 0…1, whose codes are the same in two frames, from every
  /// second position on.
  func unchangedShare(_ codes: [UInt8], _ before: [UInt8]) -> Double {
    var same = 0
    var total = 0
    unsafe codes.withUnsafeBytes { codes in
      unsafe before.withUnsafeBytes { before in
        for plane in planes {
          for position in stride(from: 0, to: plane.positions, by: 2) {
            let start = plane.offset + (position + 1) * plane.channels
            for group in 0..<plane.groups {
              // Sixteen bytes can be read anywhere; of a short group's a few are the next one's.
              let at = start + 16 * group
              let a = unsafe codes.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
              let b = unsafe before.loadUnaligned(fromByteOffset: at, as: SIMD16<UInt8>.self)
              if a == b { same += 1 }
              total += 1
            }
          }
        }
      }
    }
    return Double(same) / Double(max(1, total))
  }
}
