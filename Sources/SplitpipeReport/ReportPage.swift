/// A report for people: one page that opens by itself, offline.
package struct ReportPage: Sendable {
  package struct Section: Sendable {
    package var title: String
    package var blocks: [Block]

    package init(_ title: String, _ blocks: [Block]) {
      self.title = title
      self.blocks = blocks
    }
  }

  package enum Block: Sendable {
    case paragraph(String)
    case plot(ReportPlot)
    case table(ReportTable)
    case pictures([PicturePair])
    case gallery([CaptionedPicture])
    case picture(ReportPicture)
    /// Rows whose times follow from a link and two machines that the reader sets.
    case latency(ReportLatency)
    /// Maps over pictures, of the tensor that the reader chooses.
    case maps(ReportMaps)
    /// A command, to be copied.
    case command(String)
  }

  package var title: String
  /// One sentence under the title.
  package var summary: String
  package var sections: [Section]

  package init(title: String, summary: String, sections: [Section]) {
    self.title = title
    self.summary = summary
    self.sections = sections
  }
}

/// Rows of text; the first cell of a row names it.
package struct ReportTable: Sendable {
  package var caption: String
  package var header: [String]
  package var rows: [[String]]

  package init(caption: String, header: [String], rows: [[String]]) {
    self.caption = caption
    self.header = header
    self.rows = rows
  }
}

/// Curves, or bars, over one pair of axes.
package struct ReportPlot: Sendable, Encodable {
  package enum Kind: String, Sendable, Encodable {
    /// Points joined by lines, x a number.
    case lines
    /// One horizontal bar per label.
    case bars
  }

  package struct Point: Sendable, Encodable {
    package var x: Double
    package var y: Double
    /// What the point is, shown where it is pointed at.
    package var label: String

    package init(x: Double, y: Double, label: String) {
      self.x = x
      self.y = y
      self.label = label
    }
  }

  package struct Series: Sendable, Encodable {
    package var name: String
    package var points: [Point]
    /// A level to compare with, drawn without marks.
    package var isReference: Bool

    package init(name: String, points: [Point], isReference: Bool = false) {
      self.name = name
      self.points = points
      self.isReference = isReference
    }
  }

  package struct Axis: Sendable, Encodable {
    package var title: String
    package var isLogarithmic: Bool
    /// Whether only whole numbers are marked.
    package var isWhole: Bool

    package init(_ title: String, isLogarithmic: Bool = false, isWhole: Bool = false) {
      self.title = title
      self.isLogarithmic = isLogarithmic
      self.isWhole = isWhole
    }
  }

  package var kind: Kind
  package var title: String
  /// What a reader should see in it.
  package var caption: String
  package var x: Axis
  package var y: Axis
  /// Bars have one series, whose points' labels name them and whose y is their length.
  package var series: [Series]
  /// Whether the points of a line lie too close for a mark each.
  package var isDense: Bool

  package init(
    _ kind: Kind = .lines, title: String, caption: String, x: Axis, y: Axis, series: [Series],
    isDense: Bool = false
  ) {
    self.isDense = isDense
    self.kind = kind
    self.title = title
    self.caption = caption
    self.x = x
    self.y = y
    self.series = series
  }
}

/// A picture, as a JPEG file, with names and values under it.
package struct CaptionedPicture: Sendable {
  package var title: String
  package var picture: [UInt8]
  package var lines: [(name: String, value: String)]

  package init(title: String, picture: [UInt8], lines: [(name: String, value: String)]) {
    self.title = title
    self.picture = picture
    self.lines = lines
  }
}

/// One picture, as a PNG file.
package struct ReportPicture: Sendable {
  package var title: String
  package var caption: String
  package var png: [UInt8]

  package init(title: String, caption: String, png: [UInt8]) {
    self.title = title
    self.caption = caption
    self.png = png
  }
}

/// Two pictures to be compared, as JPEG files.
package struct PicturePair: Sendable {
  package var caption: String
  package var left: [UInt8]
  package var leftTitle: String
  package var right: [UInt8]
  package var rightTitle: String

  package init(
    caption: String, left: [UInt8], leftTitle: String, right: [UInt8], rightTitle: String
  ) {
    self.caption = caption
    self.left = left
    self.leftTitle = leftTitle
    self.right = right
    self.rightTitle = rightTitle
  }
}
