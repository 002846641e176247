/// What a stage type says of itself before one is made; all that registering it needs.
package protocol StageDeclaration<Context>: SendableMetatype {
  /// What the stages of one run share.
  associatedtype Context: Sendable

  /// The name in a pipeline file.
  static var name: String { get }
  /// One line for people.
  static var summary: String { get }
  /// The slots it needs filled.
  static var reads: SlotSet { get }
  /// Further slots it uses where they are filled.
  static var uses: SlotSet { get }
  /// The slots it fills.
  static var writes: SlotSet { get }
  /// What a pipeline file may set.
  static var options: [any AnyPipelineOption] { get }
  /// Whether the stage takes part in a run; a sink without an output file does not.
  static func takesPart(in context: Context) -> Bool
  /// How many records may wait behind it, before each stage that takes them; nil leaves it to the
  /// plan's `buffer`.
  static func queue(_ options: Options) -> Int?

  /// Makes one for a run, on the thread that will run it.
  init(_ context: Context, _ options: Options) throws
}

extension StageDeclaration {
  package static var reads: SlotSet { [] }
  package static var uses: SlotSet { [] }
  package static var writes: SlotSet { [] }
  package static var options: [any AnyPipelineOption] { [] }
  package static func takesPart(in context: Context) -> Bool { true }
  package static func queue(_ options: Options) -> Int? { nil }
}

/// One step of a pipeline, made afresh for every run, so that no state leaks from one video to the
/// next. A stage changes the record's slots, never its stamp.
package protocol Stage<Context>: StageDeclaration {
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
package protocol SourceStage<Context>: StageDeclaration {
  /// The next frame's record; nil at the end.
  mutating func next() async throws -> FrameRecord?
}
