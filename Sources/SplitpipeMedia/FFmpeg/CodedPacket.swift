import CFFmpeg
import SplitpipeCore

/// Owns one `AVPacket`: coded bytes on their way to a decoder or from an encoder.
@safe
struct CodedPacket: ~Copyable {
  let pointer: UnsafeMutablePointer<AVPacket>

  init() throws {
    guard let pointer = unsafe av_packet_alloc() else {
      throw SplitpipeError.outOfMemory("a packet")
    }
    unsafe self.pointer = pointer
  }

  /// The most bytes one can hold.
  static let byteLimit = Int(Int32.max) - Int(AV_INPUT_BUFFER_PADDING_SIZE)

  /// A packet with a copy of the bytes, at most `byteLimit` of them.
  static func holding(_ bytes: [UInt8]) throws -> CodedPacket {
    precondition(bytes.count <= byteLimit, "a packet holds at most byteLimit bytes")
    let packet = try CodedPacket()
    guard unsafe av_new_packet(packet.pointer, Int32(bytes.count)) >= 0 else {
      throw SplitpipeError.outOfMemory("a packet of \(bytes.count) bytes")
    }
    unsafe packet.pointer.pointee.data.update(from: bytes, count: bytes.count)
    return packet
  }

  deinit {
    var pointer: UnsafeMutablePointer<AVPacket>? = unsafe pointer
    unsafe av_packet_free(&pointer)
  }

  /// Lets go of the bytes; the packet can be filled again.
  func clear() { unsafe av_packet_unref(pointer) }

  var size: Int { unsafe Int(pointer.pointee.size) }
  var streamIndex: Int32 { unsafe pointer.pointee.stream_index }
  /// True where the demuxer says that the decoder needs it but nobody shall see it.
  var isHidden: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_DISCARD != 0 }

  /// True where decoding can begin with it.
  var isKey: Bool { unsafe pointer.pointee.flags & AV_PKT_FLAG_KEY != 0 }
  /// Decoding time in ticks of the stream; nil where there is none.
  var decodingTicks: Int64? {
    let ticks = unsafe pointer.pointee.dts
    return ticks == FFmpegLibrary.noTime ? nil : ticks
  }

  /// Presentation time in ticks of the stream, the decoding time where there is none; nil without both.
  var ticks: Int64? {
    let (presented, decoded) = unsafe (pointer.pointee.pts, pointer.pointee.dts)
    if presented != FFmpegLibrary.noTime { return presented }
    return decoded == FFmpegLibrary.noTime ? nil : decoded
  }
}
