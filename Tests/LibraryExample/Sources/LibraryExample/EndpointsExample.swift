import SplitpipeCodec
import SplitpipeCore
import SplitpipeDetection
import SplitpipeEndpoints
import SplitpipeInference
import SplitpipeMedia
import SplitpipeModel

/// Finds objects in a picture with a network of which each side has a half.
struct EndpointsExample {
  let model: String
  let picture: String

  func run() throws {
    let engine = try OpenVINOEngine()
    // Each side of the link has read the file for itself.
    let device = SplitModel(model: try loadModel(path: model), split: "4.m", engine: engine)
    let server = SplitModel(model: try loadModel(path: model), split: "4.m", engine: engine)
    guard device.fingerprint == server.fingerprint else { throw Surprise("two models") }
    guard let frame = try openFrameSource(picture).next() else { throw Surprise("no picture") }
    let preparer = Letterboxer(geometry: device.whole.geometry)

    let input = try preparer.prepare(frame)
    let unsplit = try device.detector(.display)
      .detect(device.runUnsplit(input), letterbox: input.letterbox)
    guard !unsplit.isEmpty else { throw Surprise("nothing is in \(picture)") }

    guard let depth = BitDepth(8) else { throw Surprise("8 bits are no depth") }
    for codec in [
      try CodecSettings(codec: .raw, bits: .float32),
      try CodecSettings(codec: .context, bits: depth),
    ] {
      var sender = try Sender(device, preparer: preparer, settings: CodingSettings(codec: codec))
      var receiver = try Receiver(server)
      let bytes = try sender.send(frame).packet.serialized()
      guard case .detected(let found) = try receiver.receive(bytes) else {
        throw Surprise("the packet was refused")
      }
      guard found.detections.count == unsplit.count else {
        throw Surprise("\(codec): \(found.detections.count) boxes, unsplit \(unsplit.count)")
      }
      print("\(codec): \(bytes.count) bytes, \(found.detections.count) boxes")
      for detection in found.detections where codec.bits.isQuantized {
        print("  \(server.whole.classNames[detection.classIndex]) \(detection.box)")
      }
    }

    var receiver = try Receiver(server)
    guard case .refused = try receiver.receive([1, 2, 3]) else {
      throw Surprise("three bytes are no packet")
    }
  }
}
