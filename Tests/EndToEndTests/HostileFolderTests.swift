import Foundation
import SplitpipeTestSupport
import Testing

/// A working folder in which somebody left what the program loads.
@Suite(OpenVINORuntime.needed) struct `A working folder that others filled` {
  let folder: TemporaryFolder
  private let mark = "planted"

  init() throws {
    folder = try TemporaryFolder()
    // The runtime asks for plugins of devices that it does not have here too.
    for name in [
      ".deps/openvino/libopenvino_c.so", ".deps/openvino/libs/libopenvino_c.so.2641",
      "openvino/libs/libopenvino_c.so", "libopenvino_c.so", "libopenvino_intel_cpu_plugin.so",
      "libopenvino_intel_gpu_plugin.so", "plugins.xml",
      "lib/splitpipe/openvino/libopenvino_c.so", ".deps/chart.js/chart.min.js",
      "chart.js/chart.min.js", "share/splitpipe/chart.js/chart.min.js", "Models/demo/demo.pt",
      "demo/demo.pt", "share/splitpipe/Models/demo/demo.pt",
    ] {
      try folder.write(name, mark)
    }
  }

  private func run(
    _ program: String = Program.path, _ arguments: String...
  ) throws -> Program.Outcome {
    try Program.run(
      program, arguments, in: folder.path,
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.file("home")])
  }

  @Test func `gives a run neither its runtime nor its model nor its plots`() throws {
    #expect(try run(Program.path, "synth", "a.mp4", "--frames", "2", "--size", "128x96").code == 0)
    let outcome = try run(
      Program.path, "correlate", "a.mp4", "--frames", "2", "--report", "a.html")
    #expect(outcome.code == 0, "\(outcome.errors)")
    let page = try String(contentsOfFile: folder.file("a.html"), encoding: .utf8)
    #expect(page.contains("Chart.js") && !page.contains(mark))
    let models = try run(Program.path, "models", "list", "--json")
    #expect(models.output.contains("\"demo\"") && !models.output.contains(folder.path))
  }

  @Test func `helps a program that lost its own files to nothing`() throws {
    let bare = try TemporaryFolder()
    let program = bare.file("splitpipe")
    try FileManager.default.copyItem(atPath: Program.path, toPath: program)
    #expect(try run(program, "synth", "a.mp4", "--frames", "2", "--size", "128x96").code == 0)
    let model = try run(program, "run", "a.mp4")
    #expect(model.code == 66, "\(model.errors)")
    #expect(model.errors.contains(bare.file("share/splitpipe/Models/demo/demo.pt")))
    let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
      .deletingLastPathComponent().deletingLastPathComponent()
    let demo = repository.appendingPathComponent("Models/demo/demo.pt").path
    let runtime = try run(program, "run", "a.mp4", "--model", demo)
    #expect(runtime.code == 69, "\(runtime.errors)")
    #expect(runtime.errors.contains(bare.file("lib/splitpipe/openvino")))
  }
}
