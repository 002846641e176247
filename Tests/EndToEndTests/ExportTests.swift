import Foundation
import SplitpipeTestSupport
import Testing

/// Whether the runtime of others is there for Python.
private func hasONNXRuntime() -> Bool {
  let found = try? Program.run(
    "/usr/bin/env", ["python3", "-c", "import onnxruntime, numpy"],
    in: FileManager.default.temporaryDirectory.path,
    environment: ProcessInfo.processInfo.environment)
  return found?.code == 0
}

@Suite struct `splitpipe export` {
  /// Halves and whole by ONNX Runtime on numbers from a formula.
  private static let comparison = """
    import sys, json, numpy, onnxruntime
    halves, whole = sys.argv[1], sys.argv[2]
    def session(path):
        return onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
    about = json.load(open(halves + "/split.json"))
    head, tail = session(halves + "/head.onnx"), session(halves + "/tail.onnx")
    shape = about["input"]["shape"]
    picture = (numpy.arange(numpy.prod(shape)) % 251 / 251).astype("float32").reshape(shape)
    values = head.run(None, {about["input"]["name"]: picture})
    names = [output.name for output in head.get_outputs()]
    assert names == [tensor["name"] for tensor in about["frontier"]], names
    assert [list(value.shape) for value in values] == [t["shape"] for t in about["frontier"]]
    split = tail.run(None, dict(zip(names, values)))[0]
    uncut = session(whole)
    unsplit = uncut.run(None, {uncut.get_inputs()[0].name: picture})[0]
    # This export leaves the last sigmoid to its reader; the tail has it.
    unsplit[..., 4:] = 1 / (1 + numpy.exp(-unsplit[..., 4:]))
    print(abs(split - unsplit).max(), abs(unsplit).max())
    """

  @Test(
    .enabled(if: hasONNXRuntime(), "needs python3 with onnxruntime and numpy"),
    SharedData.needs("data/weights/yolox_nano.onnx"))
  func `gives halves that make the unsplit outputs in ONNX Runtime`() throws {
    let folder = try TemporaryFolder()
    let model = SharedData.path("data/weights/yolox_nano.onnx")
    let outcome = try Program.run([
      "export", "--model", model, "--split", "699",
      "--output", folder.file("halves"),
    ])
    try #require(outcome.code == 0, "\(outcome.errors)")
    let compared = try Program.run(
      "/usr/bin/env", ["python3", "-c", Self.comparison, folder.file("halves"), model],
      in: folder.path, environment: ProcessInfo.processInfo.environment)
    try #require(compared.code == 0, "\(compared.errors)")
    let numbers = compared.output.split(whereSeparator: \.isWhitespace).compactMap { Double($0) }
    try #require(numbers.count == 2)
    #expect(numbers[0] <= numbers[1] * 1e-5)
  }

  @Test func `says what it wrote, and refuses what cannot be`() throws {
    let folder = try TemporaryFolder()
    let outcome = try Program.run([
      "export", "--size", "320x256", "--split", "4.m", "--output", folder.file("a/b"),
    ])
    #expect(outcome.code == 0, "\(outcome.errors)")
    #expect(outcome.output.contains("4.m 1×32×32×40"))
    let wrong = try Program.run(["export", "--split", "4.q", "--output", folder.file("c")])
    #expect(wrong.code == 64)
    #expect(!FileManager.default.fileExists(atPath: folder.file("c")))
    let file = try folder.write("taken", "a file")
    let taken = try Program.run(["export", "--output", file])
    #expect(taken.code == 73, "\(taken.errors)")
  }
}
