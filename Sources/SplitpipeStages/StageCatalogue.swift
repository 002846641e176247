package import SplitpipePipeline

/// Everything a pipeline file may name; a new stage is its type and one line here.
package let stageCatalogue = StageCatalogue<RunContext>(
  stages: [
    DecodeStage.self,
    LetterboxStage.self,
    HeadStage.self,
    QuantizeStage.self,
    EncodeStage.self,
    SendStage.self,
    ReceiveStage.self,
    RestoreStage.self,
    SubmitStage.self,
    CollectStage.self,
    TailStage.self,
    WholeStage.self,
    DetectStage.self,
    ReferenceStage.self,
    MetricsStage.self,
    AnnotateStage.self,
    DetectionsStage.self,
    COCOStage.self,
  ],
  formerStages: [
    "delta": "write \"quantize\"",
    "transport": "write \"send\" and after it \"receive\"; what the link may hold goes to \"send\"",
  ],
  settings: RunSettings.declared)
