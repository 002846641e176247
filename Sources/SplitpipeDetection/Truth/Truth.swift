package import SplitpipeCore
import SplitpipeFiles

/// The labels that detections are scored against.
///
/// Read from a COCO `instances.json` (for a video, image id = frame number from 0; for images, by
/// file name), from a folder of YOLO label files, or from a dataset folder with `labels/`.
package struct Truth: Sendable {
  private enum Source {
    case coco(COCOTruth)
    case yolo(YOLOTruth)
  }
  private let source: Source
  /// Sentences on what was left out, for the user to read; empty when nothing was.
  package let notes: [String]

  /// Reads all labels.
  ///
  /// - Parameters:
  ///   - path: a file or folder as above.
  ///   - classNames: the model's classes. A YOLO label's class is an index into them, a COCO
  ///     category is found among them by name.
  /// - Throws: `missingInput` when there is nothing of this name, `badData` naming the file, the
  ///   line and what is wrong.
  package init(path: String, classNames: [String]) throws {
    if try FileKind(of: path) == .folder {
      let labels = path + "/labels"
      let hasLabels = (try? FileKind(of: labels)) == .folder
      let truth = try YOLOTruth(folder: hasLabels ? labels : path, classNames: classNames)
      source = .yolo(truth)
      notes = truth.notes
    } else {
      let truth = try COCOTruth(path: path, classNames: classNames)
      source = .coco(truth)
      notes = truth.notes
    }
  }

  /// The images that the labels speak of: those a COCO file lists, by id; the label files of a
  /// folder, by name.
  package var labelledImages: [LabelledImage] {
    switch source {
    case .coco(let truth): truth.images
    case .yolo(let truth): truth.files
    }
  }

  /// Looks up the labelled objects of a frame.
  ///
  /// - Parameters:
  ///   - index: the frame's number from 0; used for a video only.
  ///   - fileName: the image file's name; nil for a frame of a video.
  ///   - size: the frame's size, which relative labels are scaled by and others checked with.
  /// - Returns: the objects in frame pixels, empty where there are none; nil for a frame that the
  ///   labels do not cover, which is not to be scored.
  /// - Throws: `badData` when the labels are for an image of another size or the name is not unique.
  package func objects(
    forFrame index: Int, fileName: String?, size: PixelSize
  ) throws -> [TruthObject]? {
    switch source {
    case .coco(let truth):
      try truth.objects(forFrame: index, fileName: fileName, size: size)
    case .yolo(let truth):
      try truth.objects(forFrame: index, fileName: fileName, size: size)
    }
  }
}

/// One image that labels speak of.
package struct LabelledImage: Hashable, Sendable {
  /// The id that a COCO file gives it; nil in a folder of label files.
  package let id: Int?
  /// The image's name as the COCO file gives it, folders included; the path of the label file.
  package let name: String
  /// The name without folders and extension, which an image is found by in a folder of label files.
  package let stem: String
}
