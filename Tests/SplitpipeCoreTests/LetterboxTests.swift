import Foundation
import SplitpipeCore
import SplitpipeTestSupport
import Testing

struct LetterboxTests {
  private static let official = InputGeometry(
    size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
    byteScale: 1 / 255)

  /// Where the official `letterbox` puts a frame.
  struct Case: Sendable, CustomTestStringConvertible {
    let frame, input, scaled: PixelSize
    let left, top: Int
    var testDescription: String { "\(frame)" }

    init(
      _ frame: (Int, Int), _ input: (Int, Int), _ scaled: (Int, Int), at corner: (Int, Int)
    ) {
      self.frame = PixelSize(width: frame.0, height: frame.1)
      self.input = PixelSize(width: input.0, height: input.1)
      self.scaled = PixelSize(width: scaled.0, height: scaled.1)
      (left, top) = corner
    }
  }

  @Test(arguments: [
    Case((810, 1080), (480, 640), (480, 640), at: (0, 0)),
    Case((1280, 720), (640, 384), (640, 360), at: (0, 12)),
    Case((640, 480), (640, 480), (640, 480), at: (0, 0)),
    Case((640, 425), (640, 448), (640, 425), at: (0, 11)),
    Case((481, 640), (512, 640), (481, 640), at: (15, 0)),
    Case((100, 75), (640, 480), (640, 480), at: (0, 0)),
    Case((333, 500), (448, 640), (426, 640), at: (11, 0)),
    Case((2048, 1365), (640, 448), (640, 427), at: (0, 10)),
    // A side rounded down to exactly a multiple of the stride.
    Case((1366, 1025), (640, 480), (640, 480), at: (0, 0)),
    // A frame so thin that its width rounds to a single pixel.
    Case((3, 2000), (32, 640), (1, 640), at: (15, 0)),
  ])
  func `a frame lies where the official letterbox puts it, and its corners come back from there`(
    _ wanted: Case
  ) {
    let letterbox = Letterbox(frame: wanted.frame, geometry: Self.official)
    #expect(letterbox.input == wanted.input)
    #expect(letterbox.scaled == wanted.scaled)
    #expect(letterbox.left == wanted.left && letterbox.top == wanted.top)
    let corners = Box(
      x1: Float(letterbox.left), y1: Float(letterbox.top),
      x2: Float(letterbox.left + letterbox.scaled.width),
      y2: Float(letterbox.top + letterbox.scaled.height))
    #expect(
      letterbox.frameFromModel(corners)
        == Box(x1: 0, y1: 0, x2: Float(wanted.frame.width), y2: Float(wanted.frame.height)))
  }

  @Test func `an odd pixel of padding is taken off as it was put on`() {
    // Of 283 rows of padding 141 lie above; the half of them is no row.
    for (frame, pixels) in [((640, 357), Float(1)), ((3840, 2142), 6)] {
      let letterbox = Letterbox(
        frame: PixelSize(width: frame.0, height: frame.1),
        geometry: InputGeometry(
          size: .fixed(PixelSize(width: 640, height: 640)), placement: .centred,
          channelOrder: .rgb, byteScale: 1))
      #expect(letterbox.top == 141)
      let box = letterbox.frameFromModel(Box(x1: 10, y1: 141 + 100, x2: 20, y2: 141 + 200))
      #expect(box == Box(x1: 10 * pixels, y1: 100 * pixels, x2: 20 * pixels, y2: 200 * pixels))
    }
  }

  @Test func `a frame of wide pixels is fitted as it is shown and boxes come back in its own`() {
    let frame = PixelSize(width: 384, height: 432)
    let shown = PixelSize(width: 768, height: 432)
    let letterbox = Letterbox(frame: frame, shown: shown, geometry: Self.official)
    let plain = Letterbox(frame: shown, geometry: Self.official)
    #expect(letterbox.input == plain.input && letterbox.scaled == plain.scaled)
    #expect(letterbox.sizes == plain.sizes, "the far side hears of what is shown")
    #expect(plain.mapping(to: frame).scaleX == letterbox.scaleX)
    let box = Box(x1: 100, y1: 100, x2: 300, y2: 200)
    let (own, square) = (letterbox.frameFromModel(box), plain.frameFromModel(box))
    #expect(own.x1 == square.x1 / 2 && own.x2 == square.x2 / 2)
    #expect(own.y1 == square.y1 && own.y2 == square.y2)
  }

  @Test func `a fixed input is padded on one axis only`() {
    let size = PixelSize(width: 640, height: 640)
    let frame = PixelSize(width: 1280, height: 720)
    func letterbox(_ placement: InputGeometry.Placement) -> Letterbox {
      Letterbox(
        frame: frame,
        geometry: InputGeometry(
          size: .fixed(size), placement: placement, channelOrder: .bgr, byteScale: 1))
    }
    let centred = letterbox(.centred)
    #expect(centred.scaled == PixelSize(width: 640, height: 360))
    #expect(centred.left == 0 && centred.top == 140)
    let corner = letterbox(.topLeft)
    #expect(corner.left == 0 && corner.top == 0)
    #expect(
      corner.frameFromModel(Box(x1: 10, y1: 20, x2: 320, y2: 360))
        == Box(x1: 20, y1: 40, x2: 640, y2: 720))
  }

  @Test func `a stretched frame fills the input, and each axis comes back by its own scale`() {
    func letterbox(_ size: InputGeometry.Size, _ frame: PixelSize, shown: PixelSize? = nil)
      -> Letterbox
    {
      Letterbox(
        frame: frame, shown: shown,
        geometry: InputGeometry(
          size: size, placement: .stretched, channelOrder: .rgb, byteScale: 1))
    }
    let square = PixelSize(width: 640, height: 640)
    let wide = letterbox(.fixed(square), PixelSize(width: 1280, height: 320))
    #expect(wide.input == square && wide.scaled == square && wide.left == 0 && wide.top == 0)
    #expect(
      wide.frameFromModel(Box(x1: 10, y1: 20, x2: 320, y2: 640))
        == Box(x1: 20, y1: 10, x2: 640, y2: 320))
    // Without a size of its own the input is a square of whole strides.
    let open = letterbox(
      .rectangular(longest: 500, stride: 32), PixelSize(width: 100, height: 700))
    #expect(open.input == PixelSize(width: 512, height: 512) && open.scaled == open.input)
    // Pixels that are shown wider fill it just the same, and the far side hears what is shown.
    let anamorphic = letterbox(
      .fixed(square), PixelSize(width: 640, height: 320), shown: PixelSize(width: 1280, height: 320)
    )
    #expect(anamorphic.scaled == square && anamorphic.sizes == wide.sizes)
    #expect(anamorphic.frameFromModel(Box(x1: 0, y1: 0, x2: 64, y2: 64)).x2 == 64)
  }

  @Test(arguments: [UInt64](1...5))
  func `boxes come back to where they were and stay in the frame`(_ seed: UInt64) {
    var random = SeededGenerator(seed: seed)
    for _ in 0..<200 {
      let frame = PixelSize(
        width: Int.random(in: 1...4000, using: &random),
        height: Int.random(in: 1...4000, using: &random))
      let letterbox = Letterbox(frame: frame, geometry: Self.official)
      let context = "seed \(seed), frame \(frame)"
      #expect(letterbox.input.width % 32 == 0 && letterbox.input.height % 32 == 0, "\(context)")
      #expect(letterbox.left + letterbox.scaled.width <= letterbox.input.width, "\(context)")
      #expect(letterbox.top + letterbox.scaled.height <= letterbox.input.height, "\(context)")
      let (width, height) = (Float(frame.width), Float(frame.height))
      let box = Box(
        x1: Float.random(in: 0...width / 2, using: &random),
        y1: Float.random(in: 0...height / 2, using: &random),
        x2: Float.random(in: width / 2...width, using: &random),
        y2: Float.random(in: height / 2...height, using: &random))
      func model(_ value: Float, _ origin: Int, _ scale: Double) -> Float {
        Float(Double(value) * scale + Double(origin))
      }
      let (left, top) = (letterbox.left, letterbox.top)
      let back = letterbox.frameFromModel(
        Box(
          x1: model(box.x1, left, letterbox.scaleX), y1: model(box.y1, top, letterbox.scaleY),
          x2: model(box.x2, left, letterbox.scaleX), y2: model(box.y2, top, letterbox.scaleY)))
      let bound = max(width, height) * 1e-5
      #expect(abs(back.x1 - box.x1) <= bound && abs(back.x2 - box.x2) <= bound, "\(context)")
      #expect(abs(back.y1 - box.y1) <= bound && abs(back.y2 - box.y2) <= bound, "\(context)")

      let wild = letterbox.frameFromModel(
        Box(
          x1: Float.random(in: -1e6...1e6, using: &random),
          y1: Float.random(in: -1e6...1e6, using: &random), x2: .infinity, y2: -.infinity))
      for x in [wild.x1, wild.x2] { #expect((0...width).contains(x), "\(context)") }
      for y in [wild.y1, wild.y2] { #expect((0...height).contains(y), "\(context)") }
    }
  }

  private struct Reference: Decodable {
    struct Image: Decodable { let input_shape: [Int] }
    let images: [String: Image]
  }

  /// Sizes of the reference images; the labels of the dataset say them too.
  private static let sizes = [
    "bus.jpg": (810, 1080), "zidane.jpg": (1280, 720), "000000000009.jpg": (640, 480),
    "000000000025.jpg": (640, 426), "000000000030.jpg": (640, 428),
    "000000000034.jpg": (640, 425), "000000000036.jpg": (481, 640),
    "000000000042.jpg": (640, 478),
  ]

  @Test(SharedData.needs("reference/yolov5n_images.json"))
  func `reference images get the reference's input shapes`() throws {
    let data = try Data(
      contentsOf: URL(fileURLWithPath: SharedData.path("reference/yolov5n_images.json")))
    let images = try JSONDecoder().decode(Reference.self, from: data).images
    for (name, image) in images {
      let size = try #require(Self.sizes[name])
      let letterbox = Letterbox(
        frame: PixelSize(width: size.0, height: size.1), geometry: Self.official)
      #expect(
        image.input_shape == [1, 3, letterbox.input.height, letterbox.input.width], "\(name)")
    }
    #expect(images.count == Self.sizes.count)
  }
}
