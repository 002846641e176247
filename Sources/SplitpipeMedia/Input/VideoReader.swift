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
  private var hidden = 0
  private var failures = 0
  private var isDraining = false
  private var isDone = false
  private var lastTicks: Int64?
  private var originTicks: Int64?
  /// What ended the stream before its end; told once the decoder has given out what it holds.
  private var breakage: Breakage?
  /// Frames given out.
  private var given = 0
  /// What the container's reader had to pass over.
  private(set) var losses = LossRecord()
  /// Frames before this time are passed over, and where that began; nil once they are.
  private var entry: EntryPoint?
  private(set) var skipped = 0

  init(demuxer: consuming Demuxer, input: String, settings: SourceSettings) throws {
    let entry =
      if settings.start > 0 {
        try EntryPoint(settings.start, in: demuxer, input: input)
      } else {
        EntryPoint?.none
      }
    let decoder = try demuxer.makeDecoder(settings: settings, input: input)
    let packet = try CodedPacket()
    let scratch = try FrameBuffer()
    originTicks = demuxer.firstTicks
    self.entry = entry
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
        feed()
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
    if let breakage = breakage.take() { throw SplitpipeError.brokenOff(input, given, breakage) }
    return nil
  }

  /// Sends the next packet, or the end, into the decoder.
  private mutating func feed() {
    let status = demuxer.read(into: packet)
    losses.hear(demuxer.messages())
    if status >= 0 {
      failures = 0
      if packet.isHidden { hidden += 1 }
      ledger.sent(bytes: packet.size, ticks: packet.ticks)
      if decoder.send(packet) < 0 { skip(ticks: packet.ticks) }
      packet.clear()
    } else if status == FFmpegLibrary.end || demuxer.isEnd(status) {
      drain()
    } else if status == FFmpegLibrary.invalidData, failures < Self.mostFailures {
      failures += 1
      skip(ticks: nil)
    } else {
      breakage = Breakage(status, of: demuxer)
      drain()
    }
  }

  private mutating func drain() {
    isDraining = true
    decoder.sendEnd()
  }

  /// Makes a `Frame` of what the decoder gave; nil where it is passed over.
  private mutating func takeFrame() throws -> Frame? {
    failures = 0
    let isDamaged = unsafe cffmpeg_is_damaged(scratch.pointer) != 0
    let shown = unsafe scratch.pointer.pointee.best_effort_timestamp
    let ticks = shown == FFmpegLibrary.noTime ? nil : shown
    if let entry, isBefore(entry, ticks) {
      // Those before the place that was jumped to have been counted on the way.
      if !entry.isCounted { _ = ledger.shown(ticks: ticks) }
      lastTicks = ticks ?? lastTicks
      unsafe av_frame_unref(scratch.pointer)
      return nil
    }
    if isDamaged, !settings.keepsDamagedFrames {
      unsafe av_frame_unref(scratch.pointer)
      skip(ticks: ticks)
      return nil
    }
    enter(at: ticks)
    let orientation: Orientation
    if let matrix = unsafe cffmpeg_frame_matrix(scratch.pointer) {
      unsafe orientation = Orientation(matrix: matrix)
    } else {
      orientation = demuxer.orientation
    }
    let aspect = demuxer.pixelAspect(of: scratch)
    let before = lastTicks
    let seconds = seconds(at: ticks)
    if losses.isPending, let before, let ticks {
      let missing = losses.gap(from: before, to: ticks, step: demuxer.ticksPerFrame)
      skipped += ledger.lostFrames(atLeast: missing)
    }
    let (number, bytes) = ledger.shown(ticks: ticks)
    given += 1
    return Frame(
      stamp: FrameStamp(index: number, seconds: seconds),
      picture: FFmpegPicture(
        try FrameBuffer(takingFrom: scratch), orientation: orientation, aspect: aspect),
      sourceBytes: bytes, fileName: nil)
  }

  private func isBefore(_ entry: EntryPoint, _ ticks: Int64?) -> Bool {
    guard let ticks else { return lastTicks.map { $0 < entry.ticks } ?? true }
    return ticks < entry.ticks
  }

  /// The first frame that is wanted: what came before it is of no more interest.
  private mutating func enter(at ticks: Int64?) {
    guard let entry = self.entry.take() else { return }
    skipped = 0
    hidden += entry.hidden
    guard let number = entry.number else { return }
    // Where the jump went too far, the frames between are missing.
    if let first = entry.first, let ticks {
      skipped = LossRecord.frames(from: first, to: ticks, step: demuxer.ticksPerFrame)
    }
    ledger.begin(at: number + skipped, ticks: ticks ?? entry.ticks)
  }

  /// Seconds since the start of the stream; where a frame has no time, one frame after the last.
  private mutating func seconds(at ticks: Int64?) -> Double {
    let step = demuxer.ticksPerFrame
    let now = ticks ?? lastTicks.map { $0.addingReportingOverflow(step).partialValue } ?? 0
    let origin = originTicks ?? now
    originTicks = origin
    lastTicks = now
    return (Double(now) - Double(origin)) * demuxer.secondsPerTick
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
    } else if losses.lacksPart, breakage == nil {
      // Where nothing says how many are missing, at least one is.
      skipped = max(skipped, 1)
      if let seconds = demuxer.seconds, let rate = demuxer.framesPerSecond {
        let promised = Int(exactly: (seconds * rate).rounded()) ?? 0
        skipped = max(skipped, promised - ledger.shownFrames)
      }
    }
  }
}
