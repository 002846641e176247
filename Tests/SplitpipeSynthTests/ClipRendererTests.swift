import SplitpipeCore
import SplitpipeSynth
import Testing

/// A rendered frame: a sum over its pixels that any change of one changes, and what is in it.
private struct Rendered: Equatable {
  var checksum: UInt64
  var objects: [VisibleObject]
}

private func render(_ settings: SynthSettings, frames: Int) throws -> [Rendered] {
  let renderer = try ClipRenderer(settings)
  return (0..<frames).map { _ in
    let objects = renderer.next()
    let checksum = renderer.withPixels { pixels, pixelsPerRow in
      var sum: UInt64 = 14_695_981_039_346_656_037
      for row in 0..<settings.size.height {
        for column in 0..<settings.size.width {
          sum = (sum ^ UInt64(pixels[row * pixelsPerRow + column])) &* 1_099_511_628_211
        }
      }
      return sum
    }
    return Rendered(checksum: checksum, objects: objects)
  }
}

private let small = PixelSize(width: 320, height: 192)

@Suite struct ClipRendererTests {
  @Test(arguments: [UInt64(1), 7, 4_000_000_000_000])
  func `the same seed gives the same pixels and labels`(seed: UInt64) throws {
    var settings = SynthSettings(seed: seed, size: small)
    settings.shakes = seed == 7
    let first = try render(settings, frames: 12)
    #expect(try render(settings, frames: 12) == first)
    settings.seed += 1
    #expect(try render(settings, frames: 1) != Array(first.prefix(1)))
  }

  @Test func `labels lie inside the frame, are large enough, and hold their pixels`() throws {
    for seed in UInt64(20)..<26 {
      let settings = SynthSettings(seed: seed, size: small, framesPerSecond: 3)
      for frame in try render(settings, frames: 20) {
        for object in frame.objects {
          #expect(object.x >= 0 && object.x + object.width <= small.width, "seed \(seed)")
          #expect(object.y >= 0 && object.y + object.height <= small.height, "seed \(seed)")
          #expect(object.width >= 4 && object.height >= 4, "seed \(seed)")
          #expect(object.area <= object.width * object.height, "seed \(seed)")
          #expect(object.visibleShare >= 0.25 && object.visibleShare <= 1, "seed \(seed)")
        }
      }
    }
  }

  @Test func `every class appears, objects enter, stop and leave`() throws {
    var seen: Set<ObjectClass> = []
    var changes = 0
    for seed in UInt64(30)..<36 {
      var counts: [Int] = []
      for frame in try render(
        SynthSettings(seed: seed, size: small, framesPerSecond: 2), frames: 40)
      {
        seen.formUnion(frame.objects.map(\.kind))
        counts.append(frame.objects.count)
      }
      changes += zip(counts, counts.dropFirst()).filter { $0 != $1 }.count
    }
    #expect(seen == Set(ObjectClass.allCases))
    #expect(changes > 30)
  }

  @Test func `no objects are labelled where none are asked for`() throws {
    let settings = SynthSettings(seed: 3, size: small, objects: 0)
    #expect(try render(settings, frames: 10).allSatisfy { $0.objects.isEmpty })
  }

  @Test func `a fixed camera sees the background stand still but for light and noise`() throws {
    let settings = SynthSettings(seed: 5, size: small, objects: 0)
    let renderer = try ClipRenderer(settings)
    func brightness() -> [Int] {
      _ = renderer.next()
      return renderer.withPixels { pixels, pixelsPerRow in
        // Means of blocks of 16×16 pixels: the noise averages out.
        var means: [Int] = []
        for top in stride(from: 0, to: small.height, by: 16) {
          for left in stride(from: 0, to: small.width, by: 16) {
            var sum = 0
            for row in top..<top + 16 {
              for column in left..<left + 16 {
                sum += Int(pixels[row * pixelsPerRow + column] >> 8 & 255)
              }
            }
            means.append(sum / 256)
          }
        }
        return means
      }
    }
    let first = brightness()
    let second = brightness()
    // A lamp or tree may stand there, but nothing moves by more than the sway of leaves.
    let far = zip(first, second).filter { abs($0 - $1) > 3 }
    #expect(far.isEmpty)
  }

  @Test func `a trembling camera moves the picture and the boxes with it`() throws {
    var settings = SynthSettings(seed: 6, size: small)
    let still = try render(settings, frames: 10)
    settings.shakes = true
    let shaken = try render(settings, frames: 10)
    #expect(still.map(\.checksum) != shaken.map(\.checksum))
    for (before, after) in zip(still, shaken) {
      for (one, other) in zip(before.objects, after.objects)
      where before.objects.count == after.objects.count {
        #expect(abs(one.x - other.x) <= 4 && abs(one.y - other.y) <= 4)
      }
    }
  }

  @Test(
    arguments: [
      PixelSize(width: 0, height: 0), PixelSize(width: -640, height: 384),
      PixelSize(width: 641, height: 384), PixelSize(width: 62, height: 62),
      PixelSize(width: 100_000, height: 384), PixelSize(width: 4096, height: 64),
      PixelSize(width: Int.max, height: Int.max),
    ])
  func `impossible sizes are refused`(size: PixelSize) throws {
    let error = #expect(throws: SplitpipeError.self) {
      _ = try ClipRenderer(SynthSettings(size: size))
    }
    #expect(error?.kind == .usage)
    #expect(error?.message.contains("640x384") == true)
  }

  @Test(arguments: [
    PixelSize(width: 64, height: 64), PixelSize(width: 256, height: 512),
    PixelSize(width: 1280, height: 320),
  ])
  func `any allowed size is rendered`(size: PixelSize) throws {
    let frames = try render(SynthSettings(seed: 8, size: size), frames: 2)
    #expect(frames.count == 2)
  }

  @Test(arguments: [0, -1, .nan, .infinity, 1e9] as [Double])
  func `impossible rates are refused`(rate: Double) throws {
    let error = #expect(throws: SplitpipeError.self) {
      _ = try ClipRenderer(SynthSettings(framesPerSecond: rate))
    }
    #expect(error?.kind == .usage)
  }
}
