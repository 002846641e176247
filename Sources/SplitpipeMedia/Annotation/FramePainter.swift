import CFFmpeg
import SplitpipeCore

/// Copies frames onto one canvas, upright and at the canvas's size, and draws on the copy.
struct FramePainter: ~Copyable {
  let canvas: Canvas
  private let names: [String]
  private let flags: Int32
  private var conversion: Conversion?

  private final class Unturned {
    let pixels: FrameBuffer
    init(size: PixelSize) throws { pixels = try FrameBuffer(size: size, format: cffmpeg_canvas()) }
  }

  /// What turns one kind of frame into canvas pixels.
  private final class Conversion {
    let layout: PixelLayout
    let orientation: Orientation
    let scaler: Scaler
    /// The converted picture before it is turned upright; nil where it is upright as it is.
    let unturned: Unturned?

    init(_ picture: FFmpegPicture, target: PixelSize, flags: Int32) throws {
      layout = PixelLayout(picture.frame)
      orientation = picture.orientation
      let size = orientation.applied(to: target)
      unturned =
        orientation == .upright ? nil : try Unturned(size: size)
      scaler = try Scaler(
        from: layout,
        to: PixelLayout(
          size: size, format: cffmpeg_canvas(), isFullRange: true, matrix: SWS_CS_DEFAULT),
        flags: flags)
    }
  }

  /// Makes a canvas of `size`.
  ///
  /// Where `isStill`, it becomes a picture with full colour resolution, worth six times the
  /// conversion (2 ms for 768×432); else a frame of a video, which keeps half of it anyhow.
  init(size: PixelSize, names: [String], isStill: Bool) throws {
    canvas = try Canvas(size: size)
    self.names = names
    flags =
      isStill
      ? SWS_BICUBIC | SWS_ACCURATE_RND | SWS_FULL_CHR_H_INT | SWS_FULL_CHR_H_INP
      : SWS_BILINEAR | SWS_ACCURATE_RND
  }

  /// Leaves the annotated frame on the canvas.
  mutating func paint(_ picture: FFmpegPicture, detections: [Detection]) throws {
    let layout = PixelLayout(picture.frame)
    if conversion?.layout != layout || conversion?.orientation != picture.orientation {
      conversion = try Conversion(picture, target: canvas.size, flags: flags)
    }
    guard let conversion else { return }
    if let unturned = conversion.unturned {
      try conversion.scaler.convert(picture.frame, to: unturned.pixels)
      turn(unturned.pixels, by: conversion.orientation)
    } else {
      try conversion.scaler.convert(picture.frame, to: canvas.pixels)
    }
    canvas.draw(detections, of: picture.size, names: names)
  }

  private func turn(_ source: borrowing FrameBuffer, by orientation: Orientation) {
    guard let from = unsafe source.plane(0), let to = unsafe canvas.pixels.plane(0) else { return }
    let walk = orientation.walk(coded: source.size, stride: unsafe from.bytesPerRow / 4)
    let stride = unsafe to.bytesPerRow / 4
    let input = unsafe UnsafeRawPointer(from.0).assumingMemoryBound(to: UInt32.self) + walk.start
    let output = unsafe UnsafeMutableRawPointer(to.0).assumingMemoryBound(to: UInt32.self)
    for y in 0..<canvas.size.height {
      for x in 0..<canvas.size.width {
        unsafe output[y * stride + x] = input[y * walk.stepY + x * walk.stepX]
      }
    }
  }
}
