internal import COpenVINO
package import SplitpipeCore

/// Runs models with OpenVINO on this machine's CPU.
package struct OpenVINOEngine: InferenceEngine {
  private let version: String

  /// Opens the runtime.
  ///
  /// - Throws: `unavailable` with the command that installs it.
  package init() throws { version = try OpenVINOLibrary.open() }

  package var description: String { "OpenVINO \(version)" }

  package func compile(
    onnx model: [UInt8], name: String, precision: Precision, threads: Int?
  ) throws -> any CompiledSegment {
    try OpenVINOSegment(onnx: model, name: name, precision: precision, threads: threads)
  }
}
