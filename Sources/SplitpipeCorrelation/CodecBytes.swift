import SplitpipeCodec
import SplitpipeCore

/// Sends tensors through codecs, one by one, and adds up the bytes.
struct CodecBytes {
  private struct Coding: Hashable {
    let tensor: Int
    let settings: CodecSettings
  }

  private let codecs: [CodecName]
  private let depths: [BitDepth]
  private var encoders: [Coding: FrameEncoder] = [:]
  private var sums: [Coding: Int] = [:]
  private var frames = 0

  /// - Parameters:
  ///   - codecs: whose bytes are counted; may be none.
  ///   - bits: 2…8 each.
  init(codecs: [CodecName], bits: [Int]) {
    self.codecs = codecs
    depths = bits.compactMap(BitDepth.init)
  }

  /// Codes one frame.
  ///
  /// - Throws: what the codec throws.
  mutating func add(_ tensors: [NamedTensor], stamp: FrameStamp) throws {
    guard !codecs.isEmpty else { return }
    frames += 1
    for depth in depths {
      let quantizer = try Quantizer(bits: depth)
      for (index, tensor) in tensors.enumerated() {
        let codes = try quantizer.quantize(tensor)
        for codec in codecs {
          let settings = try CodecSettings(codec: codec, bits: depth)
          let coding = Coding(tensor: index, settings: settings)
          var encoder =
            encoders.removeValue(forKey: coding)
            ?? FrameEncoder(settings: settings, fingerprint: CutFingerprint(value: 0))
          let packet = try encoder.encode(stamp: stamp, tensors: [codes])
          encoders[coding] = encoder
          sums[coding, default: 0] += packet.serialized().count
        }
      }
    }
  }

  /// Mean bytes of a tensor's packets, by bit depth and codec; nil where none were counted.
  func mean(ofTensor tensor: Int) -> [String: [String: Double]]? {
    guard frames > 0 else { return nil }
    var result: [String: [String: Double]] = [:]
    for (coding, sum) in sums where coding.tensor == tensor {
      result[String(coding.settings.bits.bits), default: [:]][coding.settings.codec.rawValue] =
        Double(sum) / Double(frames)
    }
    return result
  }
}
