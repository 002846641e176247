import CFFmpeg
import SplitpipeCore
import Synchronization

/// Frames of anything that FFmpeg can open, in the order shown.
final class VideoSource: FrameSource {
  let information: SourceInformation
  private let input: String
  /// Of this frame and every so many after it.
  private let firstNumber: Int
  private let every: Int
  private let reader: Mutex<VideoReader>
  private let first: Mutex<Frame?>
  /// Apart from the reader, which is locked while it waits for a slow stream.
  private let skippedCount: Atomic<Int>

  /// Opens the input and decodes its first frame, so that what cannot be read is known at once.
  ///
  /// `address` is what FFmpeg opens, `input` what errors call it, `fileBytes` the size of the file
  /// where there is one.
  init(
    address: String, input: String, isRemote: Bool, fileBytes: Int?, settings: SourceSettings
  ) throws {
    var reader = try VideoReader(
      demuxer: Demuxer(address: address, input: input, isRemote: isRemote, settings: settings),
      input: input, settings: settings)
    guard let first = try reader.next() else {
      if settings.start > 0, reader.skipped == 0 {
        throw SplitpipeError.startsAfterEnd(input, settings.start, last: nil)
      }
      if reader.demuxer.hasIndexBehind { throw SplitpipeError.lateIndex(input) }
      throw SplitpipeError.noFrame(input, reader.skipped)
    }
    let picture = try FFmpegPicture.of(first)
    information = SourceInformation(
      name: input, size: picture.size, shownSize: picture.shownSize,
      framesPerSecond: reader.demuxer.framesPerSecond,
      frameCount: reader.demuxer.expectedFrames,
      totalBytes: reader.demuxer.expectedBytes ?? fileBytes)
    self.input = input
    skippedCount = Atomic(reader.skipped)
    self.reader = Mutex(reader)
    self.first = Mutex(first)
    firstNumber = first.stamp.index
    every = settings.every
  }

  var skipped: Int { skippedCount.load(ordering: .relaxed) }

  var notes: [String] { reader.withLock { [$0.losses.note(input)] }.compactMap { $0 } }

  func next() throws -> Frame? {
    if let frame = first.withLock({ $0.take() }) { return frame }
    return try reader.withLock { reader in
      defer { skippedCount.store(reader.skipped, ordering: .relaxed) }
      while let frame = try reader.next() {
        if (frame.stamp.index - firstNumber).isMultiple(of: every) { return frame }
      }
      return nil
    }
  }
}

extension Demuxer {
  fileprivate var expectedFrames: Int? {
    if let declaredFrames { return declaredFrames }
    guard let seconds, let framesPerSecond else { return nil }
    return Int(exactly: (seconds * framesPerSecond).rounded())
  }

  fileprivate var expectedBytes: Int? {
    guard let bitRate, let seconds else { return nil }
    return Int(exactly: (Double(bitRate) / 8 * seconds).rounded())
  }
}

extension SplitpipeError {
  static func noFrame(_ input: String, _ skipped: Int) -> SplitpipeError {
    SplitpipeError(
      .badData,
      """
      no frame of "\(input)" could be decoded (\(skipped) damaged packets); \
      check that the file is complete
      """)
  }
}
