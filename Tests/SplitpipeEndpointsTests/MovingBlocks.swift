import SplitpipeCore
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeModel
import SplitpipeTestSupport

/// Bright blocks that move over a grey picture: a network's input made from the frame's number.
struct MovingBlocks: FramePreparer {
  /// What the network expects to see.
  var geometry = DemoModel.geometry

  private final class Blank: Picture {
    let width: Int
    let height: Int

    init(_ size: PixelSize) { (width, height) = (size.width, size.height) }
  }

  /// A frame whose picture nobody looks at.
  static func frame(_ index: Int, size: PixelSize = PixelSize(width: 640, height: 360)) -> Frame {
    Frame(
      stamp: FrameStamp(index: index, seconds: Double(index) / 25), picture: Blank(size),
      sourceBytes: 0, fileName: nil)
  }

  func prepare(_ frame: Frame) throws -> PreparedInput {
    let letterbox = Letterbox(
      frame: PixelSize(width: frame.picture.width, height: frame.picture.height),
      geometry: geometry)
    let (width, height) = (letterbox.input.width, letterbox.input.height)
    var values = [UInt8](repeating: 114, count: 3 * width * height)
    for block in 0..<6 {
      let left = (block * 97 + frame.stamp.index * (block + 1)) % (width - 60)
      let top = (block * 53 + frame.stamp.index) % (height - 90)
      for plane in 0..<3 {
        for row in top..<top + 80 {
          let start = (plane * height + row) * width + left
          for column in 0..<40 {
            values[start + column] = UInt8((block * 40 + plane * 70 + row + column) % 256)
          }
        }
      }
    }
    return PreparedInput(
      tensor: Tensor(shape: Shape([1, 3, height, width]), values: values), letterbox: letterbox)
  }
}

/// The model that comes with splitpipe, for tests.
enum DemoModel {
  static let geometry = InputGeometry(
    size: .rectangular(longest: 640, stride: 32), placement: .centred, channelOrder: .rgb,
    byteScale: 1 / 255)

  /// Read and cut anew, in float32.
  static func cut(
    at split: String, placement: InputGeometry.Placement = geometry.placement
  ) throws -> SplitModel {
    var settings = SplitModel.Settings()
    settings.precision = .f32
    var model = try loadModel(path: ProjectFolder.path("Models/demo/demo.pt"))
    model.geometry.placement = placement
    return SplitModel(
      model: model, split: split, engine: try OpenVINOEngine(), settings: settings)
  }
}
