internal import FoundationEssentials
import SplitpipeCore

/// The labels of a clip as COCO's `instances.json`.
///
/// Image ids are frame numbers from 0. Every object visible enough (`VisibleObject`) has a box
/// around all of it that can be seen; `area` counts its visible pixels; `iscrowd` is always 0.
package struct Annotations: Sendable {
  private struct Document: Encodable {
    let info: Information
    let categories: [Category]
    let images: [Image]
    let annotations: [Annotation]
  }

  private struct Information: Encodable {
    let description: String
  }

  private struct Category: Encodable {
    let id: Int
    let name: String
  }

  private struct Image: Encodable {
    let id: Int
    let width: Int
    let height: Int
    let file_name: String
  }

  private struct Annotation: Encodable {
    let id: Int
    let image_id: Int
    let category_id: Int
    let bbox: [Int]
    let area: Int
    let iscrowd = 0
  }

  private let settings: SynthSettings
  private let fileName: String
  private var images: [Image] = []
  private var annotations: [Annotation] = []

  /// - Parameters:
  ///   - settings: of the clip.
  ///   - fileName: the clip's, without folders.
  package init(_ settings: SynthSettings, fileName: String) {
    self.settings = settings
    self.fileName = fileName
  }

  /// Adds what can be seen in the next frame.
  package mutating func append(_ objects: [VisibleObject]) {
    let image = images.count
    images.append(
      Image(
        id: image, width: settings.size.width, height: settings.size.height,
        file_name: "\(fileName)#\(image)"))
    for object in objects {
      annotations.append(
        Annotation(
          id: annotations.count + 1, image_id: image, category_id: object.kind.rawValue + 1,
          bbox: [object.x, object.y, object.width, object.height], area: object.area))
    }
  }

  /// The file's text, with a newline at its end.
  ///
  /// - Throws: what the encoder throws.
  package func json() throws -> String {
    let about =
      "Rendered by splitpipe synth, seed \(settings.seed)"
      + (settings.shakes ? ", shaking camera" : "")
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let document = Document(
      info: Information(description: about),
      categories: ObjectClass.allCases.map { Category(id: $0.rawValue + 1, name: $0.name) },
      images: images, annotations: annotations)
    return String(decoding: try encoder.encode(document), as: UTF8.self) + "\n"
  }
}
