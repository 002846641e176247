import SplitpipeCore
import SplitpipeFiles
import Testing

@testable import SplitpipeModelStore

@Suite struct DemoModelTests {
  private func find(
    _ files: Set<String>, named: String? = nil, program: String? = "/home/me/p/.build/rel/splitpipe"
  ) throws -> String {
    let folders = ProgramFolders(
      program: program, environment: named.map { ["SPLITPIPE_MODELS": $0] } ?? [:])
    return try DemoModel.path(folders, exists: files.contains)
  }

  @Test func `found in the checkout that the program was built in`() throws {
    #expect(try find(["/home/me/p/Models/demo/demo.pt"]) == "/home/me/p/Models/demo/demo.pt")
  }

  @Test func `not looked for in the working folder`() {
    #expect(throws: SplitpipeError.self) { try find(["Models/demo/demo.pt"]) }
  }

  @Test func `an installed program finds it in share of its prefix`() throws {
    let path = "/usr/local/share/splitpipe/Models/demo/demo.pt"
    #expect(try find([path], program: "/usr/local/bin/splitpipe") == path)
  }

  @Test func `what the user names is the only place`() throws {
    let beside = "/home/me/p/Models/demo/demo.pt"
    #expect(try find([beside, "/b/demo/demo.pt"], named: "/a:/b") == "/b/demo/demo.pt")
    let error = #expect(throws: SplitpipeError.self) { try find([beside], named: "/a:/b") }
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains("/a:/b") == true)
    #expect(try find([beside], named: "") == beside)
  }

  @Test(arguments: ["/home/me/p/.build/rel/splitpipe", nil] as [String?])
  func `nowhere is one sentence that says what to do`(program: String?) throws {
    let error = #expect(throws: SplitpipeError.self) { try find([], program: program) }
    #expect(error?.kind == .missingInput)
    #expect(error?.message.contains("--model") == true)
    #expect(error?.message.contains("SPLITPIPE_MODELS") == true)
  }
}
