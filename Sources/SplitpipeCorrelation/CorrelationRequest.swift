internal import FoundationEssentials
import SplitpipeCodec
package import SplitpipeCore
import SplitpipeMedia
package import SplitpipeModel

/// What a user asks of one analysis.
package struct CorrelationRequest: Sendable {
  /// A video, an image, a folder of images or an address.
  package var input: String
  package var model: String
  /// Where the model is cut; nil for the model's default.
  package var split: String?
  /// Tensors to analyse; nil for every tensor that crosses at the split.
  package var tensors: [String]?
  /// Bit depths, the first of which the report looks at closely.
  package var bits = [3]
  package var precision = Precision.auto
  /// Frames read at most; nil reads all.
  package var frames: Int?
  /// Where in a video reading begins, in seconds.
  package var start = 0.0
  /// Every how many frames one is analysed.
  package var every = 1
  /// Frames analysed from one key frame to the next, whose range is held in between.
  package var keyInterval = 60
  /// Whether still and moving stretches are reported apart.
  package var findsSegments = false
  /// Percentages of the frequencies kept in the experiment with a low-pass filter; empty for none.
  package var lowPass: [Int] = []
  /// Codecs whose bytes are counted; nil for all of them where there is a report, else none.
  package var codecs: [String]?
  /// How frames become the network's input.
  package var networkInput = InputSettings()
  package var summary: String?
  package var report: String?

  package init(input: String, model: String) {
    self.input = input
    self.model = model
  }

  /// How frames are read; those in between are read too, and passed over.
  var reading: SourceSettings { SourceSettings(start: start) }

  /// - Throws: `usage` naming the first value out of range.
  func validate() throws {
    guard !bits.isEmpty, bits.allSatisfy({ (2...8).contains($0) }) else {
      let wrong = bits.first { !(2...8).contains($0) }.map { ", not \($0)" } ?? ""
      throw SplitpipeError(.usage, "--bits are whole numbers from 2 to 8\(wrong)")
    }
    if let tensors, tensors.isEmpty {
      throw SplitpipeError(.usage, "--tensors names at least one tensor, such as 4.m")
    }
    for (name, value) in [
      ("--frames", frames), ("--every", every), ("--key-interval", keyInterval),
    ] {
      if let value, value < 1 {
        throw SplitpipeError(.usage, "\(name) is at least 1, not \(value)")
      }
    }
    if let wrong = lowPass.first(where: { !(1...100).contains($0) }) {
      throw SplitpipeError(.usage, "--lowpass takes percentages from 1 to 100, not \(wrong)")
    }
    let outputs = [summary, report].compactMap { $0 }
    let resolved = outputs.map(Self.resolved)
    let inputs = [input, model].map(Self.resolved)
    for (output, path) in zip(outputs, resolved) where inputs.contains(path) {
      throw SplitpipeError(
        .usage, "\"\(output)\" is an input of this analysis; write the result to another file")
    }
    if Set(resolved).count < resolved.count {
      throw SplitpipeError(
        .usage, "\"\(outputs[1])\" would be written twice; give every output a file of its own")
    }
  }

  private static func resolved(_ path: String) -> String {
    URL(fileURLWithPath: path).standardizedFileURL.resolvingSymlinksInPath().path
  }

  /// Codecs whose bytes are counted: of those that code quantized values.
  ///
  /// - Throws: `usage` for an unknown one.
  func countedCodecs() throws -> [CodecName] {
    if let codecs { return try codecs.uniqued().map { try CodecName.parse($0) } }
    return report == nil ? [] : CodecName.allCases
  }
}
