import CFFmpeg
import SplitpipeCore

/// The decoding loop of one video stream.
struct VideoReader: ~Copyable {
  /// Failures in a row, of reading or at the end of decoding, after which there is nothing to hope.
  private static let mostFailures = 100

  let demuxer: Demuxer
  private let decoder: Decoder
  private let packet: CodedPacket
  private let scratch: FrameBuffer
  private let input: String
  private let settings: SourceSettings
  private var ledger = PacketLedger()
  private var packets = 0
  private var hidden = 0
  private var failures = 0
  private var isDraining = false
  private var isDone = false
  private var lastTicks: Int64?
  private var originTicks: Int64?
  private(set) var skipped = 0

  init(demuxer: consuming Demuxer, input: String, settings: SourceSettings) throws {
    let decoder = try demuxer.makeDecoder(settings: settings, input: input)
    let packet = try CodedPacket()
    let scratch = try FrameBuffer()
    originTicks = demuxer.firstTicks
    self.decoder = decoder
    self.packet = packet
    self.scratch = scratch
    self.demuxer = demuxer
    self.input = input
    self.settings = settings
  }

  mutating func next() throws -> Frame? {
    while !isDone {
      switch decoder.receive(into: scratch) {
      case .frame:
        if let frame = try takeFrame() { return frame }
      case .needsPacket:
        try feed()
      case .failed(let status):
        guard status != FFmpegLibrary.noMemory else {
          throw SplitpipeError.outOfMemory("a frame of \"\(input)\"")
        }
        skip(ticks: nil)
        failures += 1
        if isDraining, failures > Self.mostFailures { finish() }
      case .end:
        finish()
      }
    }
    return nil
  }

  /// Sends the next packet, or the end, into the decoder.
  private mutating func feed() throws {
    let status = demuxer.read(into: packet)
    if status >= 0 {
      failures = 0
      packets += 1
      if packet.isHidden { hidden += 1 }
      ledger.sent(bytes: packet.size, ticks: packet.ticks)
      if decoder.send(packet) < 0 { skip(ticks: packet.ticks) }
      packet.clear()
    } else if status == FFmpegLibrary.end {
      isDraining = true
      decoder.sendEnd()
    } else if status == FFmpegLibrary.invalidData, failures < Self.mostFailures {
      failures += 1
      skip(ticks: nil)
    } else {
      isDone = true
      throw SplitpipeError.readFailed(
        input, after: ledger.shownFrames, isRemote: demuxer.isRemote,
        isOverdue: demuxer.isOverdue, status)
    }
  }

  /// Makes a `Frame` of what the decoder gave; nil where it is passed over.
  private mutating func takeFrame() throws -> Frame? {
    failures = 0
    let isDamaged = unsafe cffmpeg_is_damaged(scratch.pointer) != 0
    let shown = unsafe scratch.pointer.pointee.best_effort_timestamp
    let ticks = shown == FFmpegLibrary.noTime ? nil : shown
    if isDamaged, !settings.keepsDamagedFrames {
      unsafe av_frame_unref(scratch.pointer)
      skip(ticks: ticks)
      return nil
    }
    let orientation: Orientation
    if let matrix = unsafe cffmpeg_frame_matrix(scratch.pointer) {
      unsafe orientation = Orientation(matrix: matrix)
    } else {
      orientation = demuxer.orientation
    }
    let (number, bytes) = ledger.shown(ticks: ticks)
    return Frame(
      stamp: FrameStamp(index: number, seconds: seconds(at: ticks)),
      picture: FFmpegPicture(try FrameBuffer(takingFrom: scratch), orientation: orientation),
      sourceBytes: bytes, fileName: nil)
  }

  /// Seconds since the start of the stream; where a frame has no time, one frame after the last.
  private mutating func seconds(at ticks: Int64?) -> Double {
    let perTick = demuxer.secondsPerTick
    let step = max(
      1, Int64(clamping: Int(1 / max(perTick * (demuxer.framesPerSecond ?? 25), 1e-9))))
    let now = ticks ?? lastTicks.map { $0.addingReportingOverflow(step).partialValue } ?? 0
    let origin = originTicks ?? now
    originTicks = origin
    lastTicks = now
    return (Double(now) - Double(origin)) * perTick
  }

  private mutating func skip(ticks: Int64?) {
    skipped += 1
    ledger.lostFrame(ticks: ticks)
  }

  /// Ends the stream; what the container promised and did not give counts as skipped.
  private mutating func finish() {
    isDone = true
    if demuxer.listsEveryPacket, let declared = demuxer.declaredFrames {
      skipped = max(skipped, declared - hidden - ledger.shownFrames)
    }
  }
}

extension SplitpipeError {
  static func readFailed(
    _ input: String, after frames: Int, isRemote: Bool, isOverdue: Bool, _ status: Int32
  ) -> SplitpipeError {
    if Task.isCancelled { return SplitpipeError(.interrupted, "stopped reading \"\(input)\"") }
    let reason =
      isOverdue && status == FFmpegLibrary.exit
      ? "nothing came in time" : FFmpegLibrary.text(status)
    return SplitpipeError(
      isRemote ? .unavailable : .badData,
      "\"\(input)\" broke off after \(frames) frames: \(reason); what came before is valid")
  }
}
