package import SplitpipeDetection

/// Which pictures a user means, and which labels.
package struct DatasetRequest: Sendable {
  /// A dataset folder, a data.yaml, a list of pictures, a COCO file, a CSV of classes or a video.
  package var path: String
  /// The folder of a COCO file's or a CSV's images; nil looks beside it.
  package var images: String?
  /// Labels that lie elsewhere; nil looks for those of the dataset.
  package var truth: String?
  /// How the labels are to be read.
  package var labels = TruthOptions()

  package init(_ path: String) { self.path = path }
}
