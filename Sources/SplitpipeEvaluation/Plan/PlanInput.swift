import SplitpipeCore
import SplitpipeMedia
import SplitpipeModel
import SplitpipePipeline
import SplitpipeStages
import SplitpipeStatistics

/// Frames of one size, made ready for the network, with what it took, and what they cost as pictures.
struct PlanInput {
  /// One frame.
  struct Ready: Sendable {
    let stamp: FrameStamp
    let input: PreparedInput
    /// Whether it does not follow the frame before it in time.
    let beginsStretch: Bool
  }

  /// Frames sent coded as pictures are.
  struct Pictures: Sendable {
    let setting: String
    let bytesPerFrame: Double
    let encodeSeconds: Double
    let decodeSeconds: Double
  }

  let frames: [Ready]
  let prepareSeconds: Double
  let pictures: [Pictures]
  /// Pictures of another size than the first.
  let passedOver: Int

  /// Width and height of the network's input.
  var size: PixelSize { frames[0].input.letterbox.input }

  /// Places in a video that frames are read at.
  private static let stretches = 6
  /// The usual settings of a camera that sends pictures.
  private static let jpegQuality = 80
  private static let h264Factor = 23

  /// Reads some frames of a dataset, of pictures those that have the input size of the first.
  ///
  /// - Parameters:
  ///   - dataset: what the user gave.
  ///   - count: frames at most.
  ///   - reading: where in a video frames begin, and how many of them count.
  ///   - preparer: makes the network's input.
  ///   - keyInterval: frames of a video from one that leans on no other to the next.
  ///   - stop: ends it early.
  ///   - progress: called for each frame.
  /// - Throws: what reading throws, `badData` where there is no frame, `interrupted`.
  init(
    _ dataset: Dataset, count: Int, reading: SourceSettings, preparer: any FramePreparer,
    keyInterval: Int,
    stop: StopSignal,
    progress: () -> Void
  ) throws {
    var reader = try PlanReader(dataset, count: count, reading, stretches: Self.stretches)
    var lines = [
      PictureLine("jpeg q \(Self.jpegQuality)") {
        try JPEGRoundTrip(quality: Self.jpegQuality)
      }
    ]
    if let rate = reader.framesPerSecond {
      lines.append(
        PictureLine("h264 crf \(Self.h264Factor)") {
          try H264RoundTrip(quality: Self.h264Factor, framesPerSecond: rate)
        })
    }
    var frames: [Ready] = []
    var prepareTimes: [Double] = []
    var passedOver = 0
    while frames.count < count, let frame = try reader.next() {
      guard !stop.isStopped else {
        throw SplitpipeError(.interrupted, "stopped before anything was measured")
      }
      var meter = LapMeter()
      let input = try preparer.prepare(frame)
      let seconds = meter.lap().seconds
      guard input.letterbox.input == frames.first?.input.letterbox.input ?? input.letterbox.input
      else {
        passedOver += 1
        continue
      }
      prepareTimes.append(seconds)
      let ready = Ready(
        stamp: frame.stamp, input: input, beginsStretch: reader.beginsStretch)
      frames.append(ready)
      for place in lines.indices { try lines[place].send(frame, isFirst: ready.beginsStretch) }
      progress()
    }
    guard !frames.isEmpty else {
      throw SplitpipeError(.badData, "\"\(dataset.name)\" has no frame to measure")
    }
    self.frames = frames
    self.passedOver = passedOver
    prepareSeconds = prepareTimes.median ?? 0
    pictures = lines.map { $0.cost(keyInterval: keyInterval) }
  }
}

/// One way to code pictures, and what it took.
private struct PictureLine {
  private let setting: String
  private let make: () throws -> any FrameRoundTrip
  private var coder: (any FrameRoundTrip)?
  private var keys: [Int] = []
  private var deltas: [Int] = []
  private var encode: [Double] = []
  private var decode: [Double] = []

  init(_ setting: String, make: @escaping () throws -> any FrameRoundTrip) {
    self.setting = setting
    self.make = make
  }

  /// Sends a frame; the coder begins anew where it is the first of a stretch.
  mutating func send(_ frame: Frame, isFirst: Bool) throws {
    let coder = try isFirst ? make() : self.coder ?? make()
    self.coder = coder
    var meter = LapMeter()
    let received = try coder.send(frame) { encode.append(meter.lap().seconds) }
    decode.append(meter.lap().seconds)
    if isFirst { keys.append(received.sourceBytes) } else { deltas.append(received.sourceBytes) }
  }

  func cost(keyInterval: Int) -> PlanInput.Pictures {
    PlanInput.Pictures(
      setting: setting,
      bytesPerFrame: longRunBytes(keys: keys, deltas: deltas, keyInterval: keyInterval),
      encodeSeconds: encode.median ?? 0, decodeSeconds: decode.median ?? 0)
  }
}

/// Mean bytes of a frame of a long video, of which some frames were measured.
///
/// - Parameters:
///   - keys: bytes of frames that lean on no other.
///   - deltas: of those that do.
///   - keyInterval: frames from one of the former to the next.
/// - Returns: the mean.
func longRunBytes(keys: [Int], deltas: [Int], keyInterval: Int) -> Double {
  func mean(_ values: [Int]) -> Double {
    Double(values.reduce(0, +)) / Double(max(1, values.count))
  }
  guard !deltas.isEmpty else { return mean(keys) }
  return (mean(keys) + Double(keyInterval - 1) * mean(deltas)) / Double(keyInterval)
}
