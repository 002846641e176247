internal import COpenVINO
public import SplitpipeCore
internal import Synchronization

/// Runs models with OpenVINO on this machine's CPU.
///
/// Segments of one engine take turns: an inference spreads over all cores, and two at once would
/// wait for each other's threads at every layer. Other stages run beside it.
public struct OpenVINOEngine: InferenceEngine {
  private let version: String
  private let turn = InferenceTurn()

  /// Opens the runtime.
  ///
  /// - Throws: `unavailable` with the command that installs it.
  public init() throws { version = try OpenVINOLibrary.open() }

  /// Name and version of the runtime.
  public var description: String { "OpenVINO \(version)" }

  /// Compiles a model for this machine's CPU.
  public func compile(
    onnx model: [UInt8], name: String, precision: Precision, threads: Int?
  ) throws -> any CompiledGraph {
    try OpenVINOGraph(
      onnx: model, name: name, precision: precision, threads: threads, turn: turn)
  }
}

extension OpenVINOEngine {
  /// Compiles a network in the form of the runtime (IR) for this machine's CPU.
  public func compile(
    _ network: RuntimeNetwork, behind model: [UInt8], name: String, precision: Precision,
    threads: Int?
  ) throws -> any CompiledGraph {
    // What makes the input has numbers to lose and no time to win.
    let picture = try OpenVINOGraph(
      onnx: model, name: "the input of \(name)", precision: .f32, threads: threads, turn: turn)
    return try ChainedGraph(
      picture,
      OpenVINOGraph(
        network, behind: picture, name: name, precision: precision, threads: threads, turn: turn),
      output: network.outputNames, name: name)
  }
}

/// Held by the graph that infers.
final class InferenceTurn: Sendable {
  private let mutex = Mutex(())

  func take<Result, Failure: Error>(
    _ infer: () throws(Failure) -> Result
  ) throws(Failure) -> Result {
    try mutex.withLock { _ throws(Failure) in try infer() }
  }
}
