package import SplitpipePipeline

/// Every stage a pipeline file may name; a new stage is its type and one line here.
package let stageCatalogue: [StageDefinition<RunContext>] = [
  DecodeStage.definition,
  LetterboxStage.definition,
  HeadStage.definition,
  DeltaStage.definition,
  EncodeStage.definition,
  TransportStage.definition,
  RestoreStage.definition,
  TailStage.definition,
  DetectStage.definition,
  ReferenceStage.definition,
  MetricsStage.definition,
  AnnotateStage.definition,
  DetectionsStage.definition,
]
