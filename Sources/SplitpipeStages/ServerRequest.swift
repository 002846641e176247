import SplitpipeConcurrency
import SplitpipeCore
import SplitpipePipeline
package import SplitpipeSession

/// The server that a run hands its frames to.
package struct ServerRequest: Sendable {
  package let camera: CameraName
  /// nil leaves it to the input: all of a file, the newest of a stream.
  package var delivery: Delivery?
  package var latencyBudget: Duration?
  /// Leads to the server.
  package let transport: any SessionTransport
  /// Takes sentences on connections that were lost and found again.
  package let log: @Sendable (String) -> Void

  package init(
    camera: CameraName, transport: any SessionTransport, log: @escaping @Sendable (String) -> Void
  ) {
    self.camera = camera
    self.transport = transport
    self.log = log
  }
}

extension ServerRequest {
  /// What happens to frames that the server is too slow for.
  ///
  /// - Throws: `usage` for a pipeline that hands nothing to a server.
  func delivery(
    of source: SourceInformation, plan: ValidatedPlan<RunContext>
  ) throws(SplitpipeError) -> Delivery {
    guard plan.has(SubmitStage.self) else {
      throw SplitpipeError(
        .usage,
        "--server needs a pipeline that hands its frames over: write `- submit` and `- collect` after "
          + "head, in place of the stages from quantize to detect")
    }
    // A stream without an end does not wait for anyone.
    return delivery ?? (Self.isEndless(source) ? .live : .everyFrame)
  }

  /// Whether a source is a camera or a stream, as far as one can tell.
  private static func isEndless(_ source: SourceInformation) -> Bool {
    guard source.framesPerSecond != nil else { return false }
    return source.name.hasPrefix("/dev/")
      || source.name.contains("://") && source.frameCount == nil && source.totalBytes == nil
  }

  /// The far side of a run.
  func tail(
    for context: RunContext, _ delivery: Delivery, _ plan: ValidatedPlan<RunContext>,
    sizes: FrameSizes
  ) -> RemoteTail {
    let options = plan.options(of: SubmitStage.self)
    var settings = EdgeSettings(
      camera: camera, delivery: delivery, coding: context.coding,
      boxes: BoxStageOptions.settings(options, classes: context.classes), sizes: sizes)
    settings.scored = context.isScored ? context.scoring : nil
    settings.window = options[SubmitStage.window]
    settings.frameRate = delivery == .live ? context.source.information.framesPerSecond ?? 30 : nil
    if let latencyBudget { settings.latencyBudget = latencyBudget }
    return RemoteTail(context.model, settings: settings, transport: transport, log: log)
  }
}

extension RunContext {
  /// Runs a body beside what it needs running: the connection to the server, and the reading of a source
  /// that waits for nobody.
  ///
  /// - Parameters:
  ///   - stop: ends the run early.
  ///   - body: done when its last frame is.
  /// - Returns: what the body returns.
  /// - Throws: what the body throws.
  func withCompanions<Result: Sendable>(
    stop: StopSignal, _ body: @escaping @Sendable () async throws -> Result
  ) async throws -> Result {
    guard remote != nil || latest != nil else { return try await body() }
    return try await withThrowingTaskGroup(of: Result?.self) { group in
      let reader = try latest.map { _ in try WorkThread() }
      defer { reader?.stop() }
      if let latest, let reader {
        group.addTask(executorPreference: reader) {
          await latest.read(source, limit: frames)
          return nil
        }
      }
      if let remote {
        group.addTask {
          try await remote.run()
          return nil
        }
        group.addTask {
          while !stop.isStopped { try await Task.sleep(for: .milliseconds(100)) }
          remote.stop()
          return nil
        }
      }
      group.addTask { try await body() }
      defer {
        latest?.abandon()
        group.cancelAll()
      }
      while let ended = try await group.next() {
        guard let result = ended else { continue }
        await remote?.isThrough()
        return result
      }
      throw SplitpipeError(.bug, "a run ended without a result")
    }
  }
}
