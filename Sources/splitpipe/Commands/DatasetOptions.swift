import ArgumentParser
import SplitpipeEvaluation

/// Where the labels of pictures are and how they are read, shared by the commands that take datasets.
struct DatasetOptions: ParsableArguments {
  @Option(
    help: """
      Labels of a video or of a folder of pictures that lie elsewhere: COCO instances.json, a folder of \
      YOLO label files, or a dataset folder.
      """, completion: .file())
  var truth: String?

  @Option(help: "The folder of the images of a COCO file or a CSV.", completion: .directory)
  var images: String?

  @OptionGroup var reading: LabelOptions

  /// - Parameter path: what the command is given.
  /// - Returns: pictures and labels.
  /// - Throws: `usage` for a map that is none.
  func request(_ path: String) throws -> DatasetRequest {
    var request = DatasetRequest(path)
    request.truth = truth
    request.images = images
    request.labels = try reading.options()
    return request
  }
}
