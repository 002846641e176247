package import SplitpipePipeline

/// Everything a pipeline file may name; a new stage is its type and one line here.
package let stageCatalogue = StageCatalogue<RunContext>(
  stages: [
    DecodeStage.self,
    LetterboxStage.self,
    HeadStage.self,
    DeltaStage.self,
    EncodeStage.self,
    TransportStage.self,
    RestoreStage.self,
    TailStage.self,
    DetectStage.self,
    ReferenceStage.self,
    MetricsStage.self,
    AnnotateStage.self,
    DetectionsStage.self,
  ],
  settings: RunSettings.declared)
