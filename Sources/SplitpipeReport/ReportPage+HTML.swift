internal import FoundationEssentials

extension ReportPage {
  /// The page as one file that needs nothing else.
  ///
  /// - Parameter library: what draws the plots.
  /// - Returns: HTML.
  /// - Throws: what encoding numbers throws.
  package func html(library: PlotLibrary) throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let plots = sections.flatMap(\.blocks).compactMap { block in
      if case .plot(let plot) = block { plot } else { nil }
    }
    let data = String(decoding: try encoder.encode(plots), as: UTF8.self)
    var number = 0
    var body = ""
    for section in sections {
      body += "<section>\n<h2>\(escaped(section.title))</h2>\n"
      for block in section.blocks { body += html(block, &number) }
      body += "</section>\n"
    }
    return """
      <!doctype html>
      <html lang="en">
      <head>
      <meta charset="utf-8">
      <meta name="viewport" content="width=device-width, initial-scale=1">
      <meta name="color-scheme" content="light dark">
      <title>\(escaped(title))</title>
      <style>
      \(pageStyle)
      </style>
      </head>
      <body>
      <main>
      <h1>\(escaped(title))</h1>
      <p class="summary">\(escaped(summary))</p>
      \(body)
      <details class="licence"><summary>Licence of the plotting library (Chart.js)</summary>
      <pre>\(escaped(library.licence))</pre></details>
      </main>
      <script type="application/json" id="plots">\(inScript(data))</script>
      <script>\(inScript(library.script))</script>
      <script>\(inScript(pageScript))</script>
      \(try interactiveElements(encoder))
      </body>
      </html>

      """
  }

  /// Data and scripts of blocks that a reader changes; nothing where there are none.
  private func interactiveElements(_ encoder: JSONEncoder) throws -> String {
    func elements(_ name: String, _ value: some Encodable, _ script: String) throws -> String {
      let data = String(decoding: try encoder.encode(value), as: UTF8.self)
      return """
        <script type="application/json" id="\(name)-data">\(inScript(data))</script>
        <script>\(inScript(script))</script>

        """
    }
    return try sections.flatMap(\.blocks).map { block in
      switch block {
      case .latency(let latency): try elements("latency", latency, latencyScript)
      case .maps(let maps): try elements("maps", maps, mapsScript)
      default: ""
      }
    }.joined()
  }

  private func html(_ block: Block, _ number: inout Int) -> String {
    switch block {
    case .paragraph(let text): return "<p>\(escaped(text))</p>\n"
    case .command(let text): return "<pre class=\"command\">\(escaped(text))</pre>\n"
    case .table(let table): return html(table)
    case .pictures(let pairs): return pairs.map(html).joined()
    case .gallery(let pictures):
      return "<div class=\"gallery\">\n\(pictures.map(html).joined())</div>\n"
    case .picture(let picture): return html(picture)
    case .latency(let latency): return latency.html
    case .maps(let maps): return maps.html
    case .plot(let plot):
      defer { number += 1 }
      return """
        <figure>
        <h3>\(escaped(plot.title))</h3>
        <div class="plot\(plot.kind == .bars ? " bars" : "")" \
        style="--rows:\(plot.series.first?.points.count ?? 0)">
        <canvas id="plot\(number)" role="img" aria-label="\(escaped(plot.title)). \
        \(escaped(plot.caption)) The numbers are in the table below."></canvas></div>
        <figcaption>\(escaped(plot.caption))</figcaption>
        <details><summary>Numbers of this plot</summary>
        \(html(plot.table))</details>
        </figure>

        """
    }
  }

  private func html(_ table: ReportTable) -> String {
    func row(_ cells: [String]) -> String {
      cells.enumerated().map { index, cell in
        index == 0 ? "<th scope=\"row\">\(escaped(cell))</th>" : "<td>\(escaped(cell))</td>"
      }.joined()
    }
    let header = table.header.map { "<th scope=\"col\">\(escaped($0))</th>" }.joined()
    let rows = table.rows.map { "<tr>\(row($0))</tr>\n" }.joined()
    return """
      <div class="table"><table><caption><span>\(escaped(table.caption))</span></caption>
      <thead><tr>\(header)</tr></thead>
      <tbody>
      \(rows)</tbody></table></div>

      """
  }

  private func html(_ picture: CaptionedPicture) -> String {
    let lines = picture.lines.map {
      "<dt>\(escaped($0.name))</dt><dd>\(escaped($0.value))</dd>"
    }
    return """
      <figure><img alt="\(escaped(picture.title))" \
      src="data:image/jpeg;base64,\(Data(picture.picture).base64EncodedString())">
      <figcaption>\(escaped(picture.title))</figcaption>
      <dl>\(lines.joined())</dl></figure>

      """
  }

  private func html(_ picture: ReportPicture) -> String {
    let data = Data(picture.png).base64EncodedString()
    return """
      <figure class="picture">
      <h3>\(escaped(picture.title))</h3>
      <img alt="\(escaped(picture.title)): \(escaped(picture.caption))" \
      src="data:image/png;base64,\(data)">
      <figcaption>\(escaped(picture.caption))</figcaption>
      </figure>

      """
  }

  private func html(_ pair: PicturePair) -> String {
    func picture(_ bytes: [UInt8], _ title: String) -> String {
      let data = Data(bytes).base64EncodedString()
      return "<figure><img alt=\"\(escaped(title)): \(escaped(pair.caption))\" "
        + "src=\"data:image/jpeg;base64,\(data)\"><figcaption>\(escaped(title))</figcaption></figure>"
    }
    return """
      <div class="pair"><h3>\(escaped(pair.caption))</h3>
      <div>\(picture(pair.left, pair.leftTitle))
      \(picture(pair.right, pair.rightTitle))</div></div>

      """
  }
}

extension ReportPlot {
  /// The points as rows, so that nothing is only to be seen.
  var table: ReportTable {
    if kind == .bars {
      return ReportTable(
        caption: title, header: ["", x.title],
        rows: (series.first?.points ?? []).map { [$0.label, Self.number($0.y)] })
    }
    return ReportTable(
      caption: title, header: ["", x.title, y.title],
      rows: series.flatMap { series in
        series.points.map { [series.name, Self.number($0.x), Self.number($0.y)] }
      })
  }

  private static func number(_ value: Double) -> String {
    "\((value * 10000).rounded() / 10000)"
  }
}

/// Text that can neither end the script element it stands in nor begin a comment there; inside
/// strings of JavaScript and JSON, the only place for either, the escape means the same.
private func inScript(_ text: String) -> String {
  text.replacing("</", with: "\\u003C/").replacing("<!--", with: "\\u003C!--")
}
