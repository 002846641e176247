import Foundation
import SplitpipeCore
import SplitpipeFiles
import SplitpipeTestSupport
import Testing

@testable import SplitpipeReport

@Suite struct `A report page` {
  private static func page(_ name: String = "4.m") -> ReportPage {
    let points = (2...8).map { bits in
      ReportPlot.Point(x: Double(bits), y: Double(bits) / 10, label: "\(bits) bits")
    }
    let lines = ReportPlot(
      title: "Lines & <more>", caption: "What to see.", x: .init("bits", isWhole: true),
      y: .init("mAP", isLogarithmic: true),
      series: [
        .init(name: name, points: points),
        .init(name: "level", points: [points[0], points[6]], isReference: true),
      ])
    let bars = ReportPlot(
      .bars, title: "Bars", caption: "Changes.", x: .init("change"), y: .init("class"),
      series: [
        .init(
          name: "change",
          points: [.init(x: 0, y: -0.2, label: "cat"), .init(x: 0, y: 0.1, label: "dog")])
      ])
    return ReportPage(
      title: "A & B", summary: "One <sentence>.",
      sections: [
        .init("Plots", [.paragraph("a < b"), .plot(lines), .plot(bars), .command("run 'it'")])
      ])
  }

  private static let fakeLibrary = PlotLibrary(
    script: "/* a library */ var Chart;", licence: "Free <of> charge")

  @Test func `holds its text escaped and its numbers as tables`() throws {
    let html = try Self.page().html(library: Self.fakeLibrary)
    #expect(html.contains("<title>A &amp; B</title>"))
    #expect(html.contains("a &lt; b"))
    #expect(html.contains("Free &lt;of&gt; charge"))
    #expect(html.contains("run &#39;it&#39;"))
    #expect(html.contains("<tr><th scope=\"row\">4.m</th><td>3.0</td><td>0.3</td></tr>"))
    #expect(html.contains("<tr><th scope=\"row\">cat</th><td>-0.2</td></tr>"))
  }

  @Test func `is not left by a name that looks like the end of a script`() throws {
    let html = try Self.page("</script><script>alert(1)</script><!--")
      .html(library: Self.fakeLibrary)
    #expect(html.components(separatedBy: "</script>").count == 4)
    #expect(!html.contains("alert(1)</script>"))
    #expect(!html.contains("<!--"))
  }

  @Test func `asks for nothing outside itself`() throws {
    let html = try Self.page().html(library: try PlotLibrary.installed())
    for part in ["src=\"http", "href=\"http", "url(http", "@import", "sourceMappingURL"] {
      #expect(!html.contains(part), "\(part)")
    }
    #expect(html.contains("Permission is hereby granted"))
  }

  @Test(Browser.needed, arguments: [[], ["--blink-settings=preferredColorScheme=0"]])
  func `draws every plot in a browser without a word on the console`(
    arguments: [String]
  ) throws {
    let folder = try TemporaryFolder()
    let html = try Self.page("</script>").html(library: try PlotLibrary.installed())
    let page = try Browser.open(
      try folder.write("page.html", Array(html.utf8)), arguments: arguments)
    #expect(page.console == [])
    #expect(page.document.contains("data-plots=\"2\""))
    #expect(page.document.components(separatedBy: "data-drawn=\"true\"").count == 3)
  }

  @Test func `takes the plotting library from where the program lies, not from where one stands`() {
    func scripts(_ environment: [String: String]) -> [String] {
      PlotLibrary.files(ProgramFolders(program: "/usr/bin/splitpipe", environment: environment))
        .map(\.script)
    }
    #expect(scripts([:]).allSatisfy { $0.hasPrefix("/usr/") })
    #expect(scripts([:]).first == "/usr/share/splitpipe/chart.js/chart.min.js")
    #expect(scripts(["SPLITPIPE_CHARTJS": "/mine"]) == ["/mine/chart.min.js"])
  }
}
