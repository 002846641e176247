internal import FoundationEssentials
internal import Glibc

/// Maps of numbers from 0 over pictures, one for each of some tensors. A page has one of these at most.
package struct ReportMaps: Sendable, Encodable {
  /// Numbers by row, as bytes: 0 for 0, and 1 to 255 for the decades below the largest, by logarithm.
  package struct Map: Sendable, Encodable {
    package let width: Int
    package let height: Int
    package let data: String

    /// Decades below the largest number that can be told apart.
    package static let decades = 4.0

    /// - Parameters:
    ///   - values: by row; those below 0 count as 0.
    ///   - width: of a row.
    package init(_ values: [Float], width: Int) {
      self.width = width
      height = width > 0 ? values.count / width : 0
      let largest = Double(values.max() ?? 0)
      let bytes = values.map { value -> UInt8 in
        guard value > 0, largest > 0 else { return 0 }
        let place = 1 + log10(Double(value) / largest) / Self.decades
        return UInt8(max(0, min(255, (place * 255).rounded())))
      }
      data = Data(bytes).base64EncodedString()
    }
  }

  /// A picture and where the maps lie on it, in shares of its sides.
  package struct Picture: Sendable, Encodable {
    package let title: String
    /// A JPEG file.
    package let picture: String
    package let left: Double
    package let top: Double
    package let width: Double
    package let height: Double
    /// By tensor.
    package let maps: [Map]

    package init(
      title: String, jpeg: [UInt8], left: Double, top: Double, width: Double, height: Double,
      maps: [Map]
    ) {
      self.title = title
      picture = Data(jpeg).base64EncodedString()
      self.left = left
      self.top = top
      self.width = width
      self.height = height
      self.maps = maps
    }
  }

  package var tensors: [String]
  package var pictures: [Picture]
  /// The tensor that is shown first, as a place among them.
  package var first: Int
  private let decades = Map.decades

  package init(tensors: [String], pictures: [Picture], first: Int) {
    self.tensors = tensors
    self.first = first
    self.pictures = pictures
  }

  /// Controls and canvases, which the script fills.
  var html: String {
    let canvases = pictures.enumerated().map { index, picture in
      """
      <figure><canvas id="map\(index)" role="img" \
      aria-label="\(escaped(picture.title)) under the map of the chosen tensor"></canvas>
      <figcaption>\(escaped(picture.title))</figcaption></figure>

      """
    }
    return """
      <div class="maps">
      <div class="controls">
      <label>Tensor <output id="maps-tensor-text"></output>
      <input type="range" id="maps-tensor" min="0" max="\(max(0, tensors.count - 1))" step="1"></label>
      <label><input type="checkbox" id="maps-logarithmic"> by logarithm</label>
      </div>
      <div class="gallery">
      \(canvases.joined())</div></div>

      """
  }
}
