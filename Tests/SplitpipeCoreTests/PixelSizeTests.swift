import SplitpipeCore
import Testing

@Suite struct PixelSizeTests {
  @Test(
    arguments: [
      ("640", 640, 640), ("640x384", 640, 384), ("1X16384", 1, 16384), ("352×288", 352, 288),
    ])
  func `one number is a square, two are width and height`(text: String, width: Int, height: Int)
    throws
  {
    #expect(try PixelSize(parsing: text) == PixelSize(width: width, height: height))
  }

  @Test(
    arguments: [
      "", "x", "640x", "x640", "0", "-640", "+640", "640x384x3", "16385", "6.4", "٦٤٠", "big",
      "99999999999999999999",
    ])
  func `anything else is refused with what to write`(text: String) {
    let error = #expect(throws: SplitpipeError.self) { try PixelSize(parsing: text) }
    #expect(error?.kind == .usage)
    #expect(
      error?.message
        == "\"\(text)\" is no size; give one number for a square, as in 640, or width and height, as "
        + "in 640x384, each 1 to 16384 pixels")
  }

  @Test func `a network's usual size is its only one or its longest side padded`() {
    let only = PixelSize(width: 320, height: 240)
    #expect(InputGeometry.Size.fixed(only).usual == only)
    #expect(
      InputGeometry.Size.rectangular(longest: 650, stride: 32).usual
        == PixelSize(width: 672, height: 672))
  }
}
