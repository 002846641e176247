internal import CKissFFT
import SplitpipeCore

/// A discrete Fourier transform of one length, by KISS FFT, of two real lines at a time.
///
/// The lines are the real and the imaginary part of one complex line: what is wanted of the two
/// together, their energy by frequency and what a symmetric filter leaves of them, can be had without
/// telling them apart.
@safe
struct FourierTransform: ~Copyable {
  let length: Int
  private let forward: OpaquePointer
  private let backward: OpaquePointer
  private let line: UnsafeMutablePointer<kiss_fft_cpx>
  private let spectrum: UnsafeMutablePointer<kiss_fft_cpx>

  /// - Precondition: `length` is at least 1.
  /// - Throws: `unavailable` where there is no memory for it.
  init(length: Int) throws(SplitpipeError) {
    precondition(length >= 1, "a line has a coefficient")
    guard let forward = unsafe kiss_fft_alloc(Int32(clamping: length), 0, nil, nil) else {
      throw SplitpipeError(.unavailable, "no memory for a Fourier transform of \(length) values")
    }
    guard let backward = unsafe kiss_fft_alloc(Int32(clamping: length), 1, nil, nil) else {
      unsafe free(UnsafeMutableRawPointer(forward))
      throw SplitpipeError(.unavailable, "no memory for a Fourier transform of \(length) values")
    }
    self.length = length
    unsafe self.forward = forward
    unsafe self.backward = backward
    unsafe line = .allocate(capacity: length)
    unsafe spectrum = .allocate(capacity: length)
    unsafe line.initialize(repeating: kiss_fft_cpx(r: 0, i: 0), count: length)
    unsafe spectrum.initialize(repeating: kiss_fft_cpx(r: 0, i: 0), count: length)
  }

  deinit {
    unsafe free(UnsafeMutableRawPointer(forward))
    unsafe free(UnsafeMutableRawPointer(backward))
    unsafe line.deallocate()
    unsafe spectrum.deallocate()
  }

  /// The highest of the lowest `share` of frequencies 0…length/2: the greatest k with
  /// k ≤ share · length / 2.
  static func cutoff(length: Int, share: Double) -> Int {
    Int((share * Double(length) / 2 + 1e-9).rounded(.down))
  }

  /// Energy of two lines: the mean's, that of frequencies 1…cutoff, and all of it.
  ///
  /// Values of a line are `stride` apart; without a second line the first stands alone.
  func energy(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>?, stride: Int, cutoff: Int
  ) -> (mean: Double, low: Double, all: Double) {
    unsafe load(first, second, stride: stride)
    unsafe kiss_fft(forward, line, spectrum)
    var all = 0.0
    for index in 0..<length { all += power(index) }
    var low = 0.0
    for index in 1..<max(1, length) where index <= cutoff || length - index <= cutoff {
      low += power(index)
    }
    return (power(0), low, all)
  }

  /// Leaves of two lines only the frequencies up to `cutoff`, in place.
  func lowPass(
    _ first: UnsafeMutablePointer<Float>, _ second: UnsafeMutablePointer<Float>?, stride: Int,
    cutoff: Int
  ) {
    unsafe load(first, second.map { unsafe UnsafePointer($0) }, stride: stride)
    unsafe kiss_fft(forward, line, spectrum)
    for index in 0..<length where index > cutoff && length - index > cutoff {
      unsafe spectrum[index] = kiss_fft_cpx(r: 0, i: 0)
    }
    unsafe kiss_fft(backward, spectrum, line)
    let scale = 1 / Float(length)
    for index in 0..<length {
      unsafe first[index * stride] = line[index].r * scale
      if let second = unsafe second { unsafe second[index * stride] = line[index].i * scale }
    }
  }

  private func load(
    _ first: UnsafePointer<Float>, _ second: UnsafePointer<Float>?, stride: Int
  ) {
    if let second = unsafe second {
      for index in 0..<length {
        unsafe line[index] = kiss_fft_cpx(r: first[index * stride], i: second[index * stride])
      }
    } else {
      for index in 0..<length { unsafe line[index] = kiss_fft_cpx(r: first[index * stride], i: 0) }
    }
  }

  @inline(__always)
  private func power(_ index: Int) -> Double {
    let value = unsafe spectrum[index]
    return Double(value.r) * Double(value.r) + Double(value.i) * Double(value.i)
  }
}
