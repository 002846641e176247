import Foundation
import SplitpipeTestSupport
import Testing

@Suite struct `splitpipe tensor` {
  /// A version 1.0 `.npy` file.
  private func npy(_ shape: String, _ values: [Float], type: String = "<f4") -> [UInt8] {
    let text = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }\n"
    let head: [UInt8] = [0x93, 0x4E, 0x55, 0x4D, 0x50, 0x59, 1, 0, UInt8(text.utf8.count), 0]
    return head + Array(text.utf8)
      + values.flatMap { value in
        (0..<4).map { UInt8(truncatingIfNeeded: value.bitPattern >> (8 * UInt32($0))) }
      }
  }

  private func shell(_ script: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", script]
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `restores at 32 bits the very file, through files and through pipes`() throws {
    let folder = try TemporaryFolder()
    let values = (0..<120).map { Float($0) * 0.37 - 11 }
    let input = try folder.write("x.npy", npy("(2, 3, 4, 5)", values))
    let (coded, restored, again) = (
      folder.file("x.spt"), folder.file("y.npy"), folder.file("z.npy")
    )
    for arguments in [
      ["encode", input, coded, "--bits", "32", "--codec", "raw"], ["decode", coded, restored],
    ] {
      let outcome = try Program.run(["tensor"] + arguments)
      #expect(outcome.code == 0 && outcome.output.isEmpty && outcome.errors.isEmpty)
    }
    let bytes = try Data(contentsOf: URL(fileURLWithPath: restored))
    #expect(bytes.suffix(480) == Data(npy("", values).suffix(480)))
    let program = Program.path
    #expect(
      try shell(
        "cat '\(input)' | '\(program)' tensor encode - - --bits 32 --codec raw --video "
          + "| '\(program)' tensor decode - - > '\(again)' && cmp '\(restored)' '\(again)'") == 0)
    #expect(folder.contents == ["x.npy", "x.spt", "y.npy", "z.npy"])
  }

  @Test func `says how many values lay outside a range that is held`() throws {
    let folder = try TemporaryFolder()
    // A key frame from 0 to 7, then one in which 2 of 8 values lie outside.
    let values: [Float] = [0, 1, 2, 3, 4, 5, 6, 7, -3, 1, 2, 3, 4, 5, 6, 12]
    let input = try folder.write("x.npy", npy("(2, 8)", values))
    let command = [
      "tensor", "encode", input, folder.file("x.spt"), "--video", "--codec", "context",
      "--quantizer", "held",
    ]
    let outcome = try Program.run(command)
    #expect(outcome.code == 0)
    #expect(
      outcome.errors.contains("note: 2 values (12.5000 %) lay outside the range of their codes"))
    #expect(try Program.run(command + ["--quiet"]).errors.isEmpty)
  }

  @Test func `says what a file holds`() throws {
    struct Information: Decodable {
      struct Range: Decodable { let min: Float, max: Float }
      let file: String, version: Int, codec: String, bits: Int, shape: [Int], video: Bool
      let frames: Int, keyFrames: Int, bytes: Int, packetBytes: Int, rawBytes: Int
      let bitsPerCoefficient: Double, range: Range
    }
    let folder = try TemporaryFolder()
    let input = try folder.write("x.npy", npy("(4, 6)", (0..<24).map(Float.init)))
    let coded = folder.file("x.spt")
    #expect(try Program.run(["tensor", "encode", input, coded, "--video"]).code == 0)
    let outcome = try Program.run(["tensor", "info", coded, "--json"])
    let found = try JSONDecoder().decode(Information.self, from: Data(outcome.output.utf8))
    #expect(found.file == coded && found.version == 1 && found.codec == "rle" && found.bits == 3)
    #expect(found.shape == [4, 6] && found.video && found.frames == 4 && found.keyFrames >= 1)
    #expect(found.bytes == folder.largestFile && found.rawBytes == 96)
    #expect(found.bitsPerCoefficient == Double(found.packetBytes) * 8 / 24)
    #expect(found.range.min == 0 && found.range.max == 5)
    let table = try Program.run(["tensor", "info", coded]).output
    #expect(table.contains("rle at 3 bits") && table.contains("0.0 to 5.0"))
  }

  @Test func `refuses what it cannot code, each with its exit code, and leaves nothing`() throws {
    let folder = try TemporaryFolder()
    let good = try folder.write("good.npy", npy("(2, 3)", [0, 1, 2, 3, 4, 5]))
    let double = try folder.write("double.npy", npy("(3,)", [0, 1, 2, 3, 4, 5], type: "<f8"))
    let short = try folder.write("short.npy", npy("(2, 4)", [0, 1, 2, 3, 4, 5]))
    let infinite = try folder.write("infinite.npy", npy("(2,)", [0, .infinity]))
    let output = folder.file("out")
    for (arguments, code, words) in [
      (["encode", folder.file("none.npy"), output], 66, "none.npy"),
      (["encode", good, folder.file("no/folder/x.spt")], 73, "no/folder/x.spt"),
      (["encode", good, good], 64, "both be"),
      (["encode", good, output, "--codec", "rel"], 64, "rle"),
      (["encode", good, output, "--bits", "9"], 64, "2 to 8"),
      (["encode", good, output, "--bits", "32"], 64, "raw"),
      (["encode", double, output], 65, "float64"),
      (["encode", short, output], 65, "takes 32 bytes of values, found 24"),
      (["encode", infinite, output], 65, "value 1 of 2 is inf"),
      (["decode", good, output], 65, ".spt"), (["info", good], 65, ".spt"),
    ] as [([String], Int32, String)] {
      let outcome = try Program.run(["tensor"] + arguments)
      #expect(outcome.code == code, "\(arguments)")
      #expect(outcome.errors.contains(words), "\(outcome.errors)")
    }
    #expect(folder.contents == ["double.npy", "good.npy", "infinite.npy", "short.npy"])
  }

  /// A sparse file of 2.5 GB under a limit of 1.5 GB of address space.
  @Test func `codes a video larger than memory`() throws {
    let folder = try TemporaryFolder()
    let input = try folder.write("big.npy", npy("(320, 64, 160, 200)", []))
    let header = try Data(contentsOf: URL(fileURLWithPath: input)).count
    let values = 320 * 64 * 160 * 200
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: input))
    try file.truncate(atOffset: UInt64(header + values * 4))
    try file.close()
    let program = Program.path
    let status = try shell(
      "ulimit -v 1500000; '\(program)' tensor encode '\(input)' - --video "
        + "| '\(program)' tensor info - > '\(folder.file("info"))'")
    #expect(status == 0)
    let table = try String(contentsOfFile: folder.file("info"), encoding: .utf8)
    #expect(table.contains("320 of a video"))
    #expect(table.contains("\(values * 4) as float32"))
  }

  @Test func `stops at once when interrupted while a pipe is silent`() throws {
    let folder = try TemporaryFolder()
    let output = folder.file("x.spt")
    let head = try folder.write("head", Array(npy("(9, 2)", []).prefix(20)))
    // The pipe stays open, so the program waits for more.
    let status = try shell(
      "mkfifo '\(folder.file("pipe"))'; exec 3<>'\(folder.file("pipe"))'; cat '\(head)' >&3; "
        + "'\(Program.path)' tensor encode - '\(output)' <&3 2>'\(folder.file("said"))' & "
        + "sleep 1; kill -INT $!; wait $!")
    #expect(status == 130)
    #expect(try String(contentsOfFile: folder.file("said"), encoding: .utf8).contains("stopped"))
    #expect(folder.contents == ["head", "pipe", "said"])
  }
}
