import SplitpipeDetection
import SplitpipePipeline

/// Which boxes people look at: options of the stage that looks for them, here or at a server.
enum BoxStageOptions {
  static let all: [any AnyPipelineOption] = [confidence, iou, maximum]

  private static let confidence = PipelineOption<Double>(
    "confidence", 0.001...1, default: 0.25, "least confidence of a box")
  private static let iou = PipelineOption<Double>(
    "iou", 0...1, default: 0.45, "overlap above which the lesser box goes")
  private static let maximum = PipelineOption<Int>(
    "max-boxes", 1...100_000, default: DetectionSettings.display.maximumDetections,
    "boxes of a frame at most, the best ones")

  /// What a stage was told.
  ///
  /// - Parameters:
  ///   - options: of the stage.
  ///   - classes: those looked for; nil for all.
  /// - Returns: which boxes are kept.
  static func settings(_ options: Options, classes: Set<Int>?) -> DetectionSettings {
    var settings = DetectionSettings.display
    settings.confidence = Float(options[confidence])
    settings.overlap = options[iou]
    settings.maximumDetections = options[maximum]
    settings.classes = classes
    return settings
  }
}
