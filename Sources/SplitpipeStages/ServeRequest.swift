import SplitpipeCodec
package import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
package import SplitpipeModel
import SplitpipeModelStore
package import SplitpipeSession

/// What a user asks of a server; nil leaves a value to its default.
package struct ServeRequest: Sendable {
  package var model: String?
  package var split: String?
  package var precision: Precision?
  /// How pictures become the network's input at the cameras.
  package var input = InputSettings()
  /// Inferences at a time.
  package var workers = 1
  /// Threads of one inference; nil shares the processors between the workers.
  package var threads: Int?
  package var limits = ServerLimits()

  package init() {}
}

/// Loads a model and makes its tail ready, before any camera comes.
///
/// - Parameters:
///   - request: what the user asks.
///   - log: takes sentences on cameras that come and go.
/// - Returns: the server, and what the user should know.
/// - Throws: what loading and compiling the model throw.
package func prepareServer(
  _ request: ServeRequest, log: @escaping @Sendable (String) -> Void
) throws -> (server: TailServer, notes: [String]) {
  let path = try resolveModel(request.model ?? DemoModel.path())
  let model = try loadModel(path: path).fed(request.input)
  let size = model.geometry.largestInput
  let split = try model.split(named: request.split, at: size)
  let engine = try OpenVINOEngine()
  var settings = SplitModel.Settings()
  settings.precision = request.precision ?? .auto
  settings.threads = request.threads
  func cut() -> SplitModel {
    SplitModel(model: model, split: split.name, engine: engine, settings: settings)
  }
  let workers = (0..<max(1, request.workers)).map { _ in cut() }
  // Where no camera has come, a server that cannot run the tail says so at once.
  for worker in workers { _ = try worker.compiled(.tail, at: size) }
  let restoring = cut()
  _ = try restoring.detector(.display)
  let seconds = try measureTail(workers[0], at: size)
  let server = try TailServer(
    restoring, workers: workers, limits: request.limits, usualCost: seconds, log: log)
  return (server, [split.note].compactMap { $0 })
}

/// Seconds that one run of the tail takes.
private func measureTail(_ model: SplitModel, at size: PixelSize) throws -> Double {
  let zeros = try Frontier(
    tensors: model.crossing(at: size).map { tensor in
      NamedTensor(
        name: tensor.name,
        tensor: Tensor(
          shape: tensor.shape, values: [Float](repeating: 0, count: tensor.shape.count)))
    })
  _ = try model.runTail(zeros, at: size)
  let began = MonotonicTime.now
  _ = try model.runTail(zeros, at: size)
  return Double(MonotonicTime.now.microseconds(since: began)) / 1e6
}
