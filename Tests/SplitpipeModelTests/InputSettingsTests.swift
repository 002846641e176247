import SplitpipeCore
import Testing

@testable import SplitpipeModel

private func model(_ size: InputGeometry.Size) -> Model {
  Model(
    name: "street.onnx", family: "ONNX", format: "ONNX opset 13", classNames: ["car", "Person"],
    geometry: InputGeometry(
      size: size, placement: .centred, channelOrder: .rgb, byteScale: 1 / 255),
    detector: .yolov5, licence: nil, contentHash: ContentHash([1]), graph: { _ in GraphSketch.c3 })
}

@Suite struct `What a user says of a model's input` {
  private let flexible = model(.rectangular(longest: 640, stride: 32))
  private let fixed = model(.fixed(PixelSize(width: 640, height: 384)))

  private func settings(_ change: (inout InputSettings) -> Void) -> InputSettings {
    var settings = InputSettings()
    change(&settings)
    return settings
  }

  @Test func `changes what is said and nothing else`() throws {
    #expect(try flexible.fed(InputSettings()).geometry == flexible.geometry)
    let fed = try flexible.fed(
      settings {
        $0.range = .byte
        $0.channels = .bgr
        $0.letterbox = .topLeft
        $0.mean = PlaneValues(SIMD3(1, 2, 3))
      })
    var expected = flexible.geometry
    expected.byteScale = 1
    expected.channelOrder = .bgr
    expected.placement = .topLeft
    expected.normalization = PixelNormalization(
      mean: SIMD3(1, 2, 3), deviation: SIMD3(repeating: 1))
    #expect(fed.geometry == expected)
  }

  @Test(arguments: [
    ("320", InputGeometry.Size.rectangular(longest: 320, stride: 32)),
    ("650", .rectangular(longest: 650, stride: 32)),
    ("640x384", .fixed(PixelSize(width: 640, height: 384))),
    ("640X384", .fixed(PixelSize(width: 640, height: 384))),
  ])
  func `a size is the longest side, or width and height`(
    text: String, size: InputGeometry.Size
  ) throws {
    let wanted = try #require(InputSize(parsing: text))
    #expect(try flexible.fed(settings { $0.size = wanted }).geometry.size == size)
  }

  @Test(arguments: ["", "0", "7", "9000", "640x", "x640", "1x2x3", "640.5", "-640", "640 x 384"])
  func `what is no size is not read as one`(text: String) {
    #expect(InputSize(parsing: text) == nil)
  }

  @Test(arguments: ["640", "640x384"])
  func `a model of one size takes that size`(text: String) throws {
    let wanted = try #require(InputSize(parsing: text))
    #expect(try fixed.fed(settings { $0.size = wanted }).geometry == fixed.geometry)
  }

  @Test(arguments: ["384", "320", "384x640"])
  func `a model of one size refuses others by name`(text: String) throws {
    let wanted = try #require(InputSize(parsing: text))
    let error = #expect(throws: SplitpipeError.self) {
      try fixed.fed(settings { $0.size = wanted })
    }
    #expect(error?.kind == .usage)
    #expect(
      error?.message.hasPrefix(
        "--size is \(text), but the model street.onnx takes an input of 640×384 only") == true)
  }

  @Test func `sides that the stride does not divide are refused with the next that fit`() throws {
    let wanted = try #require(InputSize(parsing: "650x384"))
    let error = #expect(throws: SplitpipeError.self) {
      try flexible.fed(settings { $0.size = wanted })
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.hasSuffix("multiples of 32; the next is 672x384") == true)
  }

  @Test func `numbers of planes are three finite ones`() {
    #expect(PlaneValues(parsing: "0.5, 1,2e1")?.values == SIMD3(0.5, 1, 20))
    for text in ["", "1", "1,2", "1,2,3,4", "1,2,nan", "1,2,inf", "a,b,c", "1,,3"] {
      #expect(PlaneValues(parsing: text) == nil, "\(text)")
    }
    let error = #expect(throws: SplitpipeError.self) {
      try flexible.fed(settings { $0.deviation = PlaneValues(SIMD3(1, 0, 1)) })
    }
    #expect(error?.message == "--std takes three numbers greater than 0")
  }

  @Test func `classes are named, letter case aside, or numbered`() throws {
    #expect(try flexible.classIndices(["person"]) == [1])
    #expect(try flexible.classIndices(["CAR", "1"]) == [0, 1])
    let error = #expect(throws: SplitpipeError.self) { try flexible.classIndices(["persn"]) }
    #expect(error?.kind == .usage)
    #expect(
      error?.message
        == "street.onnx has no class \"persn\"; nearest are Person, and numbers go from 0 to 1")
    #expect(throws: SplitpipeError.self) { try flexible.classIndices(["2"]) }
    #expect(throws: SplitpipeError.self) { try flexible.classIndices([]) }
  }
}
