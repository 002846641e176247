import SplitpipeCore
import SplitpipeTestSupport
import Testing

@testable import SplitpipeModel

@Suite struct `An OpenVINO network` {
  @Test func `is read for what it takes and gives, and runs whole`() throws {
    let folder = try TemporaryFolder()
    let path = try RuntimeNetworkFiles.write(in: folder, notes: ["labels": "cat stop_sign"])
    let model = try loadModel(path: path)
    #expect(model.detector == .yolov8 && model.headProblem == nil)
    #expect(model.classNames == ["cat", "stop sign"])
    #expect(model.format == "OpenVINO IR" && model.family == "YOLOv8/11")
    #expect(model.geometry.largestInput == PixelSize(width: 32, height: 32))
    #expect(model.geometry.placement == .centred && model.geometry.byteScale == 1 / 255)
    let network = try #require(model.network)
    #expect(network.weights == RuntimeNetworkFiles.weights && network.outputNames.isEmpty)
    let error = #expect(throws: SplitpipeError.self) {
      try model.graph(PixelSize(width: 32, height: 32))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("can only be run whole") == true)
    #expect(error?.message.contains("give the ONNX file it was made from") == true)
    // Other weights are another model.
    try folder.write("net.bin", RuntimeNetworkFiles.weights.map { $0 ^ 1 })
    #expect(try loadModel(path: path).contentHash != model.contentHash)
  }

  @Test func `has the names that Ultralytics notes beside it`() throws {
    let folder = try TemporaryFolder()
    try folder.write(
      "metadata.yaml",
      """
      description: Ultralytics YOLOv8n model trained on a.yaml
      license: AGPL-3.0 License (https://ultralytics.com/license)
      task: detect
      imgsz:
      - 32
      - 32
      names:
        0: person
        1: 'driver''s "car"'
      args:
        batch: 1
      """)
    let model = try loadModel(
      path: RuntimeNetworkFiles.write(in: folder, notes: ["labels": "a b"]))
    #expect(model.classNames == ["person", "driver's \"car\""])
    #expect(model.family == "YOLOv8n")
    #expect(model.licence == "AGPL-3.0 License (https://ultralytics.com/license)")
    try folder.write("metadata.yaml", "task: pose\n")
    let other = try loadModel(path: folder.file("net.xml"))
    #expect(other.detector == nil && other.headProblem?.contains("task pose") == true)
  }

  @Test func `without its weights, or of another input, is refused with what to do`() throws {
    let folder = try TemporaryFolder()
    let alone = try folder.write("alone.xml", RuntimeNetworkFiles.description())
    let missing = #expect(throws: SplitpipeError.self) { try loadModel(path: alone) }
    #expect(missing?.kind == .missingInput)
    #expect(missing?.message.contains("alone.bin") == true)
    #expect(missing?.message.contains("belongs beside the .xml") == true)
    for (input, precision, words) in [
      ([1, 3, -1, -1], "FP32", "is 1×3×?×?, expected one picture"),
      ([2, 3, 32, 32], "FP32", "is 2×3×32×32"), ([1, 32, 32, 3], "FP32", "is 1×32×32×3"),
      ([1, 3, 32, 32], "U8", "is U8, expected FP32"),
    ] {
      let path = try RuntimeNetworkFiles.write(in: folder, input: input, precision: precision)
      let error = #expect(throws: SplitpipeError.self) { try loadModel(path: path) }
      #expect(error?.kind == .badData)
      #expect(error?.message.hasPrefix("cannot read model \"\(path)\": ") == true)
      #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }
  }

  @Test(arguments: [UInt64](1...3))
  func `with any damage is read or refused`(_ seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let folder = try TemporaryFolder()
    try RuntimeNetworkFiles.write(in: folder)
    let whole = Array(RuntimeNetworkFiles.description().utf8)
    for _ in 0..<150 {
      var bytes = whole
      switch Int.random(in: 0...2, using: &random) {
      case 0: bytes.removeLast(Int.random(in: 1..<bytes.count - 60, using: &random))
      case 1:
        let place = Int.random(in: 60..<bytes.count - 40, using: &random)
        bytes.removeSubrange(place..<place + Int.random(in: 1...40, using: &random))
      default:
        for _ in 0..<3 {
          bytes[Int.random(in: 60..<bytes.count, using: &random)] = UInt8.random(
            in: 0x20...0x7E, using: &random)
        }
      }
      let path = try folder.write("net.xml", bytes)
      do {
        _ = try loadModel(path: path)
      } catch let error as SplitpipeError {
        #expect(error.kind == .badData || error.kind == .missingInput, "seed \(seed): \(error)")
      }
    }
  }

  @Test func `whose layers go in a circle is refused`() throws {
    let folder = try TemporaryFolder()
    try RuntimeNetworkFiles.write(in: folder)
    let text = RuntimeNetworkFiles.description().replacing(
      "<edge from-layer=\"6\" from-port=\"2\" to-layer=\"7\"",
      with: "<edge from-layer=\"9\" from-port=\"2\" to-layer=\"7\"")
    let path = try folder.write("net.xml", text)
    let error = #expect(throws: SplitpipeError.self) { try loadModel(path: path) }
    #expect(error?.message.contains("cycle") == true, "\(error?.message ?? "")")
  }
}
