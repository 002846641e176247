import Foundation
import SplitpipeTestSupport
import Testing

/// What `make install` puts below a prefix, moved elsewhere before anything is run.
@Suite(Installation.possible) struct `An installed splitpipe` {
  let folder: TemporaryFolder
  /// With a space in it, and nowhere near where it was put.
  private var prefix: String { folder.file("moved away") }

  init() throws {
    folder = try TemporaryFolder()
    let made = try Installation.make(
      "install", "DESTDIR=\(folder.file("stage"))", "PREFIX=/opt/splitpipe")
    try #require(made.code == 0, "\(made.errors)")
    try FileManager.default.moveItem(
      atPath: folder.file("stage/opt/splitpipe"), toPath: prefix)
    try FileManager.default.createDirectory(
      atPath: folder.file("empty"), withIntermediateDirectories: false)
  }

  private func run(_ program: String, _ arguments: String...) throws -> Program.Outcome {
    try Program.run(
      program, arguments, in: folder.file("empty"),
      environment: [
        "PATH": "\(prefix)/bin:/usr/bin:/bin", "HOME": folder.file("home"), "LC_ALL": "C.UTF-8",
      ])
  }

  private func splitpipe(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(
      prefix + "/bin/splitpipe", arguments, in: folder.file("empty"),
      environment: ["PATH": "/usr/bin:/bin", "HOME": folder.file("home")])
  }

  @Test func `runs from an empty folder with nothing in its environment`() throws {
    #expect(try splitpipe("--version").output == "0.1.0\n")
    let models = try splitpipe("models", "list", "--json")
    #expect(models.output.contains("moved away/share/splitpipe/Models/demo/demo.pt"))
    #expect(try splitpipe("synth", "a.mp4", "--frames", "3", "--size", "128x96").code == 0)
    let outcome = try splitpipe("run", "a.mp4", "--output", "boxes.mp4")
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("3 frames"))
    let report = try splitpipe("correlate", "a.mp4", "--report", "a.html")
    #expect(report.code == 0, "\(report.errors)")
    let page = try String(contentsOfFile: folder.file("empty/a.html"), encoding: .utf8)
    #expect(page.contains("Permission is hereby granted"))
    let pipeline = try splitpipe(
      "run", "a.mp4", "--pipeline", prefix + "/share/splitpipe/Pipelines/detect.yaml")
    #expect(pipeline.code == 0, "\(pipeline.errors)")
  }

  @Test func `takes its runtime from its own tree and from nowhere else`() throws {
    #expect(try splitpipe("synth", "a.mp4", "--frames", "1", "--size", "128x96").code == 0)
    try FileManager.default.removeItem(atPath: prefix + "/lib/splitpipe/openvino/libs")
    let outcome = try splitpipe("run", "a.mp4")
    #expect(outcome.code == 69)
    #expect(outcome.errors.contains("moved away/lib/splitpipe/openvino"))
  }

  @Test func `needs no Swift toolchain`() throws {
    let libraries = try run("/usr/bin/ldd", prefix + "/bin/splitpipe")
    #expect(libraries.output.contains("libavcodec"), "\(libraries.errors)")
    #expect(!libraries.output.contains("libswift") && !libraries.output.contains("not found"))
  }

  @Test(Installation.needs("man", "groff")) func `has a manual page for every command`() throws {
    let pages = try FileManager.default.contentsOfDirectory(atPath: prefix + "/share/man/man1")
    #expect(pages.count >= 18 && pages.contains("splitpipe-bench-codec.1"))
    for page in pages.sorted() {
      let path = "\(prefix)/share/man/man1/\(page)"
      let shown = try run("/usr/bin/man", "--warnings", "-l", path)
      #expect(shown.code == 0 && shown.errors == "", "\(page): \(shown.errors)")
      for heading in ["NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXAMPLES"] {
        #expect(shown.output.contains("\n\(heading)\n"), "\(page)")
      }
      #expect(shown.output.contains("\n       splitpipe "), "\(page)")
    }
  }

  @Test func `has completions that bash can read`() throws {
    try check("bash", "bash-completion/completions/splitpipe")
  }

  @Test(Installation.needs("zsh")) func `has completions that zsh can read`() throws {
    try check("zsh", "zsh/site-functions/_splitpipe")
  }

  @Test(Installation.needs("fish")) func `has completions that fish can read`() throws {
    try check("fish", "fish/vendor_completions.d/splitpipe.fish")
  }

  private func check(_ shell: String, _ script: String) throws {
    let path = "\(prefix)/share/\(script)"
    #expect(try String(contentsOfFile: path, encoding: .utf8).contains("key-interval"))
    let outcome = try run("/usr/bin/env", shell, "-n", path)
    #expect(outcome.code == 0 && outcome.errors == "", "\(outcome.errors)")
  }

  @Test func `goes away without a trace, and leaves what others installed`() throws {
    let theirs = prefix + "/bin/other"
    try Data("theirs".utf8).write(to: URL(fileURLWithPath: theirs))
    let removed = try Installation.make("uninstall", "PREFIX=\(prefix)")
    #expect(removed.code == 0, "\(removed.errors)")
    let left = try FileManager.default.subpathsOfDirectory(atPath: prefix).filter { path in
      let kind = try FileManager.default.attributesOfItem(atPath: "\(prefix)/\(path)")[.type]
      return kind as? FileAttributeType != .typeDirectory
    }
    #expect(left == ["bin/other"])
  }
}

/// The recipes of the Makefile that put the built program somewhere.
private enum Installation {
  static let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().deletingLastPathComponent().path

  /// A trait that reports tests as skipped where what they install has not been built.
  static let possible: ConditionTrait = {
    let built = [".build/release/splitpipe", ".build/release/splitpipe-manual", ".deps/openvino"]
    let missing = built.filter { !FileManager.default.fileExists(atPath: "\(repository)/\($0)") }
    return .enabled(
      if: missing.isEmpty && found("make"),
      Comment(rawValue: "needs make and \(missing.joined(separator: ", ")); run `make build`"))
  }()

  /// A trait that reports a test as skipped where a program is missing that it needs.
  static func needs(_ programs: String...) -> ConditionTrait {
    let missing = programs.filter { !found($0) }
    return .enabled(
      if: missing.isEmpty, Comment(rawValue: "needs \(missing.joined(separator: " and "))"))
  }

  private static func found(_ program: String) -> Bool {
    ["/usr/bin/", "/bin/", "/usr/local/bin/"].contains {
      FileManager.default.isExecutableFile(atPath: $0 + program)
    }
  }

  /// Runs make as sudo would: it builds nothing, and the tests hold the build folder.
  static func make(_ arguments: String...) throws -> Program.Outcome {
    try Program.run(
      "/usr/bin/env", ["make", "SUDO_USER=tests"] + arguments, in: repository,
      environment: ["PATH": "/usr/bin:/bin:/usr/local/bin", "HOME": "/nonexistent"])
  }
}
