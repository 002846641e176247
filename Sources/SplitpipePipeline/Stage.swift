/// One step of a pipeline, made afresh for every run, so that no state leaks from one video to the
/// next. A stage changes the record's slots, never its stamp.
package protocol Stage {
  /// Does this stage's work on one frame.
  mutating func process(_ record: inout FrameRecord) async throws
  /// Called once after the last frame; a sink completes its file here.
  mutating func finish() async throws
  /// Called instead of `finish` when the run failed; a sink removes what it began.
  mutating func cancel()
}

extension Stage {
  package mutating func finish() async throws {}
  package mutating func cancel() {}
}

/// The first stage of a pipeline.
package protocol SourceStage {
  /// The next frame's record; nil at the end.
  mutating func next() async throws -> FrameRecord?
}

/// What is known of a stage type before one is made: the line that registers it.
package struct StageDefinition<Context: Sendable>: Sendable {
  package enum Maker: Sendable {
    case source(@Sendable (Context, Options) throws -> any SourceStage)
    case stage(@Sendable (Context, Options) throws -> any Stage)
  }

  /// The name in a pipeline file.
  package let name: String
  /// One line for people.
  package let summary: String
  /// Names of the slots it needs filled.
  package let reads: Set<String>
  /// Names of further slots it uses where they are filled.
  package let uses: Set<String>
  /// Names of the slots it fills.
  package let writes: Set<String>
  package let options: [OptionSpecification]
  /// Whether the stage takes part in a run; a sink without an output file does not.
  package let takesPart: @Sendable (Context) -> Bool
  package let make: Maker

  package init(
    _ name: String, _ summary: String, reads: Set<String> = [], uses: Set<String> = [],
    writes: Set<String> = [], options: [OptionSpecification] = [],
    takesPart: @escaping @Sendable (Context) -> Bool = { _ in true }, make: Maker
  ) {
    self.name = name
    self.summary = summary
    self.reads = reads
    self.uses = uses
    self.writes = writes
    self.options = options
    self.takesPart = takesPart
    self.make = make
  }

  var isSource: Bool {
    if case .source = make { true } else { false }
  }
}
