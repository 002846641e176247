import SplitpipeCore
import SplitpipeModel
import SplitpipePipeline

extension EvaluationSession {
  /// Evaluates pictures, several at once.
  func evaluate(
    _ images: [Dataset.Image], stop: StopSignal,
    interim publish: (EvaluationSummary) throws -> Void, progress: (Progress) -> Void
  ) async throws {
    let crew = try await crew()
    let known: [KnownImage]
    if let found = knownImages {
      known = found
    } else {
      known = try await look(at: images, crew, stop: stop, progress: progress)
      if stop.isStopped { return }
      knownImages = known
    }
    scored.total = known.count
    for entry in known where isComplete(entry.image.number) { scored.add(entry.image.number) }
    let left = known.filter { !isComplete($0.image.number) }
    progress(.evaluating(total: left.count))
    var schedule = SweepSchedule(left)
    var interim = InterimSummaries()
    try await crew.work { worker -> (image: Dataset.Image, missing: Set<Int>)? in
      guard !stop.isStopped, let image = schedule.next(worker: worker) else { return nil }
      return (image, Set(units.indices.filter { isMissing($0, image.number) }))
    } perform: { worker, job in
      try await worker.evaluate(job.image, missing: job.missing)
    } done: { evaluated in
      defer { progress(.advanced) }
      clock.add(evaluated.seconds)
      let number = evaluated.image.number
      switch evaluated.results {
      case .failure(let skipped): skip(skipped, progress)
      case .success(let results):
        try journal.append(image: number, results.map { (journalUnits[$0.unit], $0.result) })
        scored.add(number)
        try interim.writeIfDue { try publish(summary(of: scored, complete: false)) }
      }
    }
  }

  /// A picture that can be used, with the size of the network's input.
  typealias KnownImage = (image: Dataset.Image, input: PixelSize)

  /// The workers, whose compiled networks serve every choice of units.
  private func crew() async throws -> SweepCrew {
    if let sweepCrew {
      for worker in sweepCrew.workers { try await worker.take(units) }
      return sweepCrew
    }
    let crew = try SweepCrew(model: model, units: units, onlyNamed: request.onlyNamed)
    sweepCrew = crew
    return crew
  }

  /// The pictures that can be decoded and that the labels cover, with the network's input.
  private func look(
    at images: [Dataset.Image], _ crew: SweepCrew, stop: StopSignal, progress: (Progress) -> Void
  ) async throws -> [KnownImage] {
    progress(.looking(total: images.count))
    var known: [KnownImage] = []
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
        guard try scored.covers(number, fileName: found.fileName, size: found.picture) else {
          return skip(
            SkippedImage(file: look.image.path, reason: "the labels do not list it"), progress)
        }
        let letterbox = Letterbox(frame: found.picture, geometry: model.model.geometry)
        known.append((look.image, letterbox.input))
      }
    }
    return known
  }

  private func skip(_ image: SkippedImage, _ progress: (Progress) -> Void) {
    skipped.append(image)
    progress(.skipped(image))
  }
}
