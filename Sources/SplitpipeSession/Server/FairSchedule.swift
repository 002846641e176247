/// Shares the time of a few workers between many lines of jobs: start-time fair queueing (Goyal, Vin and
/// Cheng, SIGCOMM 1996).
///
/// Every line gets the same share of the workers' time, however many jobs it brings and whatever each of
/// them costs; a line that was idle has saved up nothing. Jobs of a line are done in order, one at a time.
/// Deficit round robin would do the same for long queues; lines that hold one job at a time, as those of
/// live cameras, empty their queue with every job and lose their deficit.
struct FairSchedule<Identifier: Hashable & Sendable, Job: Sendable>: Sendable {
  private struct Line: Sendable {
    /// The oldest first, each with the virtual time at which it begins.
    var jobs: [(job: Job, start: Double, charged: Double)] = []
    /// What the job under way was charged; nil where none is.
    var underWay: Double?
    /// When its last job ends, in virtual time.
    var finish = 0.0
    /// What a job costs, in seconds; an estimate by those done.
    var cost: Double
  }

  private var lines: [Identifier: Line] = [:]
  /// The beginning of the job begun last.
  private var virtualTime = 0.0
  /// What a job of a new line is taken to cost.
  private var usualCost: Double

  /// - Parameter usualCost: seconds of a job, until any is done.
  init(usualCost: Double) { self.usualCost = usualCost }

  /// Jobs that wait.
  var depth: Int { lines.values.reduce(0) { $0 + $1.jobs.count } }

  /// Jobs of a line that wait.
  func depth(of identifier: Identifier) -> Int { lines[identifier]?.jobs.count ?? 0 }

  /// Seconds that a job of a line costs.
  func cost(of identifier: Identifier) -> Double { lines[identifier]?.cost ?? usualCost }

  /// Adds a job to its line.
  ///
  /// - Parameters:
  ///   - job: what is to be done.
  ///   - identifier: the line.
  ///   - replacing: whether it takes the place of the one that waits.
  /// - Returns: the job whose place it took.
  mutating func offer(_ job: Job, of identifier: Identifier, replacing: Bool) -> Job? {
    var line = lines[identifier] ?? Line(cost: usualCost)
    defer { lines[identifier] = line }
    if replacing, let waiting = line.jobs.last {
      line.jobs[line.jobs.count - 1].job = job
      return waiting.job
    }
    let start = max(virtualTime, line.finish)
    line.finish = start + line.cost
    line.jobs.append((job, start, line.cost))
    return nil
  }

  /// The job that is next; nil where none can be begun.
  mutating func next() -> (identifier: Identifier, job: Job)? {
    var first: (identifier: Identifier, start: Double)?
    for (identifier, line) in lines where line.underWay == nil {
      guard let start = line.jobs.first?.start else { continue }
      if first.map({ start < $0.start }) ?? true { first = (identifier, start) }
    }
    guard let (identifier, start) = first, let job = lines[identifier]?.jobs.removeFirst() else {
      return nil
    }
    lines[identifier]?.underWay = job.charged
    virtualTime = max(virtualTime, start)
    return (identifier, job.job)
  }

  /// A job is done.
  ///
  /// - Parameters:
  ///   - identifier: its line.
  ///   - seconds: what it took.
  mutating func done(_ identifier: Identifier, seconds: Double) {
    usualCost += (seconds - usualCost) / 16
    guard var line = lines[identifier] else { return }
    // It was charged what it was taken to cost; the rest is charged now.
    line.finish += seconds - (line.underWay ?? seconds)
    line.cost += (seconds - line.cost) / 8
    line.underWay = nil
    lines[identifier] = line
  }

  /// A line is gone, and with it the jobs that wait.
  mutating func remove(_ identifier: Identifier) { lines[identifier] = nil }
}
