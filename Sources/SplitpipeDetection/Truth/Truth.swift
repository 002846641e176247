package import SplitpipeCore
import SplitpipeFiles

/// The labels that detections are scored against.
///
/// Read from a COCO `instances.json`, from a folder of YOLO label files, or from a dataset folder with
/// `labels/`. Images go by file name, frames of a video by the number in file names or ids: see
/// `FrameNumbering`.
package struct Truth: Sendable {
  private enum Source {
    case coco(COCOTruth)
    case yolo(YOLOTruth)
  }
  private let source: Source
  /// What the user called it.
  package let path: String
  /// Sentences on what was left out or taken for granted, for the user to read; empty when nothing was.
  package let notes: [String]

  /// Reads all labels.
  ///
  /// - Parameters:
  ///   - path: a file or folder as above.
  ///   - classNames: the model's classes. A YOLO label's class is an index into them unless a list of
  ///     class names lies beside the labels; then, as a COCO category, it is found among them by name.
  ///   - options: how to read them.
  /// - Throws: `missingInput` when there is nothing of this name, `badData` naming the file, the
  ///   line and what is wrong, `usage` for options that do not fit the labels.
  package init(
    path: String, classNames: [String], options: TruthOptions = TruthOptions()
  ) throws {
    self.path = path
    if try FileKind(of: path) == .folder {
      let truth = try YOLOTruth(folder: path, classNames: classNames, options: options)
      source = .yolo(truth)
      notes = truth.notes
    } else {
      let truth = try COCOTruth(path: path, classNames: classNames, options: options)
      source = .coco(truth)
      notes = truth.notes
    }
  }

  /// Reads YOLO label files.
  ///
  /// - Parameters:
  ///   - files: their paths.
  ///   - path: what sentences call them together.
  ///   - folders: where a list of class names may lie, the nearest first.
  ///   - classNames: the model's classes.
  ///   - options: how to read them.
  /// - Throws: as `init(path:classNames:options:)`.
  package init(
    labelFiles files: [String], path: String, listFolders folders: [String],
    classNames: [String], options: TruthOptions
  ) throws {
    let truth = try YOLOTruth(
      files: files, name: path, folders: folders, classNames: classNames, options: options)
    self.path = path
    source = .yolo(truth)
    notes = truth.notes
  }

  /// Whether a file is one of YOLO labels by its name, not a list of pictures or classes or a note.
  ///
  /// - Parameters:
  ///   - name: its path within `folder`.
  ///   - folder: where it lies.
  /// - Returns: true for what is to be read as labels.
  package static func isLabelFile(_ name: String, in folder: String) -> Bool {
    YOLOTruth.isLabelFile(name, in: folder)
  }

  /// The images that the labels speak of: those a COCO file lists, by id; the label files of a
  /// folder, by name.
  package var labelledImages: [LabelledImage] {
    switch source {
    case .coco(let truth): truth.images
    case .yolo(let truth): truth.files
    }
  }

  /// Frames of a video from 0 that the labels speak of, in order; nil where they have no numbers.
  package var frames: [Int]? {
    switch source {
    case .coco(let truth): truth.frames
    case .yolo(let truth): truth.frames
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

  /// The objects of a label file among those the labels were read from; nil for any other file.
  package func objects(inFile path: String, size: PixelSize) -> [TruthObject]? {
    switch source {
    case .coco: nil
    case .yolo(let truth): truth.objects(inFile: path, size: size)
    }
  }

  /// Whether a frame has an entry of its own: an image of a COCO file, or a label file. Without one, a
  /// frame of YOLO labels counts as without objects.
  ///
  /// - Parameters:
  ///   - index: the frame's number from 0; used for a video only.
  ///   - fileName: the image file's name; nil for a frame of a video.
  /// - Returns: whether there is one.
  /// - Throws: `badData` where the name is not unique.
  package func covers(frame index: Int, fileName: String?) throws -> Bool {
    switch source {
    case .coco(let truth): try truth.id(ofFrame: index, fileName: fileName) != nil
    case .yolo(let truth): try truth.covers(frame: index, fileName: fileName)
    }
  }

  /// What a COCO file calls a frame; nil where it does not list it, and for other labels.
  package func imageID(ofFrame index: Int, fileName: String?) throws -> COCOID? {
    guard case .coco(let truth) = source else { return nil }
    return try truth.id(ofFrame: index, fileName: fileName)
  }

  /// What a COCO file calls the model's classes; nil for other labels.
  package var categories: [Int: COCOID]? {
    guard case .coco(let truth) = source else { return nil }
    return truth.categories
  }
}

/// One image that labels speak of.
package struct LabelledImage: Hashable, Sendable {
  /// The id that a COCO file gives it; nil in a folder of label files.
  package let id: COCOID?
  /// The image's name as the COCO file gives it, folders included; the path of the label file.
  package let name: String
  /// The name without folders and extension, which an image is found by in a folder of label files.
  package let stem: String
}
