import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModelStore

@Suite struct `The model store` {
  @Test(arguments: [
    (["HOME": "/home/me"], "/home/me/.cache/splitpipe/models"),
    (["HOME": "/home/me", "XDG_CACHE_HOME": "/var/c"], "/var/c/splitpipe/models"),
    // A relative path there is to be ignored.
    (["HOME": "/home/me", "XDG_CACHE_HOME": "c"], "/home/me/.cache/splitpipe/models"),
    (["HOME": "/home/me", "XDG_CACHE_HOME": ""], "/home/me/.cache/splitpipe/models"),
  ])
  func `lies in the user's cache folder`(environment: [String: String], path: String) {
    #expect(ModelStore.cacheFolder(environment) == path)
  }

  @Test func `lies somewhere absolute without any environment`() {
    #expect(ModelStore.cacheFolder([:]).hasPrefix("/"))
  }

  @Test func `lists the models in its folders, the user's before those shipped`() throws {
    let user = try TemporaryFolder()
    let shipped = try TemporaryFolder()
    _ = try user.write("b.pt", [1, 2])
    _ = try user.write("b.onnx", [1])
    _ = try user.write("notes.txt", [1])
    _ = try user.write("c.pt.part", [1])
    _ = try user.write(".pt", [1])
    _ = try shipped.write("a.onnx", [1, 2, 3])
    _ = try shipped.write("b.pt", [1, 2, 3, 4])
    let store = ModelStore(folder: user.path, shipped: [shipped.path, "/nowhere"])
    #expect(store.installed.map(\.name) == ["a", "b"])
    #expect(store.installed.map(\.bytes) == [3, 2])
    #expect(store.installed("b")?.path == user.file("b.pt"))
  }
}

@Suite struct `A model that a user names` {
  let folder: TemporaryFolder
  let store: ModelStore

  init() throws {
    folder = try TemporaryFolder()
    store = ModelStore(folder: folder.path)
    _ = try folder.write("yolov5n.pt", [1])
  }

  private func refusal(_ name: String) -> SplitpipeError? {
    #expect(throws: SplitpipeError.self) { try store.resolve(name) }
  }

  @Test func `is the file under that path where there is one`() throws {
    let other = try TemporaryFolder()
    let path = try other.write("yolov5n", [1])
    #expect(try store.resolve(path) == path)
    #expect(try store.resolve("/dev/null") == "/dev/null")
  }

  @Test func `is the installed one where there is no such file`() throws {
    #expect(try store.resolve("yolov5n") == folder.file("yolov5n.pt"))
  }

  @Test func `that can be fetched is said to be missing, with the command`() {
    let error = refusal("yolov5m")
    #expect(error?.kind == .missingInput)
    #expect(
      error?.message == "model \"yolov5m\" is not installed: `splitpipe models fetch yolov5m` "
        + "downloads it (42.8 MB, AGPL-3.0)")
  }

  @Test func `that nobody knows is wrong usage, with the nearest names`() {
    let error = refusal("yolo5n")
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("nearest: \"yolov5n\"") == true)
  }

  @Test(arguments: [
    ("yolov5m.pt", "`splitpipe models fetch yolov5m`"),
    ("yolov5n.pt", "name \"yolov5n\", which is installed"),
    ("nowhere.onnx", "check the path"), ("models/yolov5n", "\"yolov5n\""),
    ("/x/", "check the path"),
  ])
  func `as a path to nothing is missing input, with what may be meant`(
    path: String, advice: String
  ) {
    let error = refusal(path)
    #expect(error?.kind == .missingInput)
    #expect(error?.message.hasPrefix("cannot open \"\(path)\": ") == true)
    #expect(error?.message.contains(advice) == true, "\(error?.message ?? "")")
  }
}
