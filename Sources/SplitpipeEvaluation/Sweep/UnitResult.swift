import SplitpipeCore
import SplitpipeDetection

/// What one unit made of one picture.
struct UnitResult: Sendable, Equatable {
  enum Answer: Sendable, Equatable {
    /// Boxes in frame pixels, found by the protocol's settings.
    case boxes([Detection])
    case classes(ClassAnswer)
  }

  /// Size of the picture as shown, in pixels.
  var size: PixelSize
  /// Float32 bytes of the tensors counted; 0 where no tensor crosses.
  var rawBytes = 0
  /// Values that lay outside their range.
  var clamped = 0
  /// Bytes on the wire per codec; of the coded picture for a baseline; of the source for `unsplit`.
  var bytes: [Int]
  var answer: Answer
  /// Whether the boxes lie where objects can be; nil for a class, and where an older program did not
  /// look.
  var plausibility: Plausibility?

  /// As bytes of the state file, numbers little-endian.
  var serialized: [UInt8] {
    var bytes: [UInt8] = []
    bytes.append(number: UInt32(clamping: size.width))
    bytes.append(number: UInt32(clamping: size.height))
    bytes.append(number: UInt64(clamping: rawBytes))
    bytes.append(number: UInt64(clamping: clamped))
    bytes.append(number: UInt32(clamping: self.bytes.count))
    for count in self.bytes { bytes.append(number: UInt64(clamping: count)) }
    switch answer {
    case .classes(let answer):
      bytes.append(0)
      bytes.append(number: UInt32(clamping: answer.rank))
      bytes.append(number: UInt32(clamping: answer.best))
      bytes.append(number: answer.confidence.bitPattern)
      bytes.append(number: answer.trueConfidence.bitPattern)
    case .boxes(let boxes):
      bytes.append(plausibility == nil ? 1 : 2)
      bytes.append(number: UInt32(clamping: boxes.count))
      for detection in boxes {
        let box = detection.box
        for value in [box.x1, box.y1, box.x2, box.y2, detection.confidence] {
          bytes.append(number: value.bitPattern)
        }
        bytes.append(number: UInt32(clamping: detection.classIndex))
      }
      if let plausibility {
        bytes.append(number: UInt32(clamping: plausibility.boxes))
        bytes.append(number: UInt32(clamping: plausibility.outside))
      }
    }
    return bytes
  }

  /// Reads what `serialized` wrote; nil for anything else.
  init?(parsing bytes: [UInt8]) {
    var reader = ByteReader(bytes)
    guard let width: UInt32 = reader.next(), let height: UInt32 = reader.next(),
      let raw: UInt64 = reader.next(), let clamped: UInt64 = reader.next(),
      let codecs: UInt32 = reader.next(),
      Int(codecs) <= reader.remaining / 8
    else { return nil }
    size = PixelSize(width: Int(width), height: Int(height))
    rawBytes = Int(clamping: raw)
    self.clamped = Int(clamping: clamped)
    self.bytes = []
    for _ in 0..<codecs {
      guard let count: UInt64 = reader.next() else { return nil }
      self.bytes.append(Int(clamping: count))
    }
    guard let kind: UInt8 = reader.next(), let count: UInt32 = reader.next() else { return nil }
    guard kind == 1 || kind == 2 else {
      guard kind == 0, let best: UInt32 = reader.next(), let confidence: UInt32 = reader.next(),
        let trueConfidence: UInt32 = reader.next(), reader.remaining == 0
      else { return nil }
      answer = .classes(
        ClassAnswer(
          rank: Int(count), best: Int(best), confidence: Float(bitPattern: confidence),
          trueConfidence: Float(bitPattern: trueConfidence)))
      return
    }
    guard reader.remaining == Int(count) * 24 + (kind == 2 ? 8 : 0) else { return nil }
    var boxes: [Detection] = []
    boxes.reserveCapacity(Int(count))
    while boxes.count < count, let x1: UInt32 = reader.next(), let y1: UInt32 = reader.next(),
      let x2: UInt32 = reader.next(), let y2: UInt32 = reader.next(),
      let confidence: UInt32 = reader.next(), let classIndex: UInt32 = reader.next()
    {
      boxes.append(
        Detection(
          box: Box(
            x1: Float(bitPattern: x1), y1: Float(bitPattern: y1), x2: Float(bitPattern: x2),
            y2: Float(bitPattern: y2)),
          confidence: Float(bitPattern: confidence), classIndex: Int(classIndex)))
    }
    answer = .boxes(boxes)
    guard kind == 2 else { return }
    guard let looked: UInt32 = reader.next(), let outside: UInt32 = reader.next() else {
      return nil
    }
    var plausibility = Plausibility()
    plausibility.boxes = Int(looked)
    plausibility.outside = Int(outside)
    self.plausibility = plausibility
  }

  init(
    size: PixelSize, rawBytes: Int = 0, clamped: Int = 0, bytes: [Int], answer: Answer,
    plausibility: Plausibility? = nil
  ) {
    self.size = size
    self.rawBytes = rawBytes
    self.clamped = clamped
    self.bytes = bytes
    self.answer = answer
    self.plausibility = plausibility
  }
}

extension [UInt8] {
  mutating func append(number: some FixedWidthInteger) {
    var rest = number
    for _ in 0..<number.bitWidth / 8 {
      append(UInt8(truncatingIfNeeded: rest))
      rest >>= 8
    }
  }
}

extension ByteReader {
  /// nil where fewer bytes are left than the number has.
  mutating func next<Number: FixedWidthInteger & UnsignedInteger>() -> Number? {
    (try? fixed(Number.bitWidth / 8)).map { Number(truncatingIfNeeded: $0) }
  }
}
