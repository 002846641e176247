import SplitpipeCore
import SplitpipePipeline

extension Sweep {
  /// Evaluates pictures, several at once.
  func evaluate(
    _ images: [Dataset.Image], stop: StopSignal,
    interim publish: (EvaluationSummary) throws -> Void, progress: (SweepProgress) -> Void
  ) async throws {
    let crew = try await crew()
    if state.known == nil {
      let known = try await look(at: images, crew, stop: stop, progress: progress)
      if stop.isStopped { return }
      state.known = known
    }
    let known = state.known ?? []
    state.total = known.count
    var left: [SweepState.KnownImage] = []
    for entry in known {
      if results.missing(image: entry.image.number).isEmpty {
        state.finish(entry.image.number)
      } else {
        left.append(entry)
      }
    }
    progress(.evaluating(total: left.count))
    var schedule = SweepSchedule(left)
    var interim = InterimSummaries()
    try await crew.work { worker -> (image: Dataset.Image, missing: Set<Int>)? in
      guard !stop.isStopped, let image = schedule.next(worker: worker) else { return nil }
      return (image, results.missing(image: image.number))
    } perform: { worker, job in
      try await worker.evaluate(job.image, missing: job.missing)
    } done: { evaluated in
      defer { progress(.advanced) }
      clock.add(evaluated.seconds)
      let number = evaluated.image.number
      switch evaluated.results {
      case .failure(let skipped): skip(skipped, progress)
      case .success(let found):
        try results.append(image: number, found)
        state.finish(number)
        try interim.writeIfDue { try publish(summary(isComplete: false)) }
      }
    }
  }

  /// The pictures that can be decoded and that the labels cover, with the network's input.
  private func look(
    at images: [Dataset.Image], _ crew: SweepCrew, stop: StopSignal,
    progress: (SweepProgress) -> Void
  ) async throws -> [SweepState.KnownImage] {
    progress(.looking(total: images.count))
    var known: [SweepState.KnownImage] = []
    var coming = images.makeIterator()
    try await crew.work { _ in
      stop.isStopped ? nil : coming.next()
    } perform: { worker, image in
      await worker.look(at: image)
    } done: { look in
      defer { progress(.advanced) }
      clock.add(look.seconds)
      switch look.size {
      case .failure(let skipped): skip(skipped, progress)
      case .success(let found):
        let number = look.image.number
        state.fileNames[number] = found.fileName
        let objects = try plan.dataset.objects(
          number, fileName: found.fileName, size: found.picture)
        guard objects != nil else {
          return skip(
            SkippedImage(file: look.image.path, reason: "the labels do not list it"), progress)
        }
        let letterbox = Letterbox(frame: found.picture, geometry: plan.model.geometry)
        known.append((look.image, letterbox.input))
      }
    }
    return known
  }

  private func skip(_ image: SkippedImage, _ progress: (SweepProgress) -> Void) {
    state.skipped.append(image)
    progress(.skipped(image))
  }
}
