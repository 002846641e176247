import SplitpipeCore

/// The labels of a clip as COCO's `instances.json`.
///
/// Image ids are frame numbers from 0. Every object visible enough (`VisibleObject`) has a box
/// around all of it that can be seen; `area` counts its visible pixels; `iscrowd` is always 0.
package struct Annotations: Sendable {
  private let settings: SynthSettings
  private let fileName: String
  private var images: [String] = []
  private var annotations: [String] = []

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
      """
      {"id": \(image), "width": \(settings.size.width), "height": \(settings.size.height), \
      "file_name": \(Self.quoted("\(fileName)#\(image)"))}
      """)
    for object in objects {
      annotations.append(
        """
        {"id": \(annotations.count + 1), "image_id": \(image), \
        "category_id": \(object.kind.rawValue + 1), \
        "bbox": [\(object.x), \(object.y), \(object.width), \(object.height)], \
        "area": \(object.area), "iscrowd": 0}
        """)
    }
  }

  package var json: String {
    let categories = ObjectClass.allCases.map {
      "{\"id\": \($0.rawValue + 1), \"name\": \(Self.quoted($0.name))}"
    }
    let about =
      "Rendered by splitpipe synth, seed \(settings.seed)"
      + (settings.shakes ? ", shaking camera" : "")
    return """
      {"info": {"description": \(Self.quoted(about))},
      "categories": [\(categories.joined(separator: ", "))],
      "images": [
      \(images.joined(separator: ",\n"))
      ],
      "annotations": [
      \(annotations.joined(separator: ",\n"))
      ]}

      """
  }

  /// A JSON string.
  private static func quoted(_ text: String) -> String {
    var result = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": result += "\\\""
      case "\\": result += "\\\\"
      case let control where control.value < 0x20:
        let digits = String(control.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result + "\""
  }
}
