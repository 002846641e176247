import Testing

@testable import SplitpipeFiles

@Suite struct `The folders of the program` {
  private func places(_ program: String?, _ part: ProgramPart = .runtime) -> [String] {
    ProgramFolders(program: program, environment: [:]).places(of: part)
  }

  @Test func `an installed program looks in its prefix`() {
    #expect(places("/usr/local/bin/splitpipe").first == "/usr/local/lib/splitpipe/openvino")
    #expect(
      places("/home/me/.local/bin/splitpipe", .models).first
        == "/home/me/.local/share/splitpipe/Models")
    #expect(places("/bin/splitpipe", .plots).first == "/share/splitpipe/chart.js")
  }

  @Test func `a program outside a bin folder looks beside itself`() {
    #expect(places("/opt/splitpipe/splitpipe") == ["/opt/splitpipe/lib/splitpipe/openvino"])
    #expect(places("/splitpipe") == ["/lib/splitpipe/openvino"])
  }

  @Test(arguments: [
    "/home/me/p/.build/release/splitpipe",
    "/home/me/p/.build/x86_64-unknown-linux-gnu/debug/splitpipePackageTests.xctest",
    "/home/me/p/.build-fuzz/release/fuzz",
  ])
  func `a program in a build folder looks in its checkout`(program: String) {
    #expect(places(program).last == "/home/me/p/.deps/openvino")
    #expect(places(program, .models).last == "/home/me/p/Models")
    #expect(places(program, .plots).last == "/home/me/p/.deps/chart.js")
  }

  @Test(arguments: ["/tmp/splitpipe", "/tmp/a/splitpipe", "/tmp/bin/splitpipe"])
  func `no other folder above the program is looked in`(program: String) {
    #expect(places(program).allSatisfy { !$0.contains(".deps") })
    #expect(!places(program, .models).contains("/tmp/Models"))
  }

  @Test(arguments: [nil, "", "splitpipe", "./splitpipe"] as [String?])
  func `a program that does not know where it lies looks nowhere`(program: String?) {
    #expect(places(program) == [])
  }

  @Test func `what the environment names stands by itself, and empty names nothing`() {
    let folders = ProgramFolders(
      program: nil, environment: ["SPLITPIPE_OPENVINO": "/a", "SPLITPIPE_MODELS": ""])
    #expect(folders.named(.runtime) == "/a")
    #expect(folders.named(.models) == nil)
    #expect(folders.named(.plots) == nil)
  }

  @Test func `no part of this process is looked for in the working folder`() {
    for part in [ProgramPart.runtime, .models, .plots] {
      let places = ProgramFolders.current.places(of: part)
      #expect(!places.isEmpty)
      #expect(places.allSatisfy { $0.hasPrefix("/") })
    }
  }
}
