/// The quantizer's arithmetic, the one text that everything else calls or refers to: how values
/// become the codes of a range, and codes values again.
///
/// With the range [min, max] and b bits (Carra and Neglia)
///
/// - a value x lies `s = (x − min) / (max − min) · (2^b − 1)` steps above the minimum;
/// - its code is s rounded half to even; where x lies outside the range, that of the nearer end;
/// - a code q stands for the value `q / (2^b − 1) · (max − min) + min`.
///
/// Every operation is one of float32, in exactly this order. A range of one value has no steps: all
/// values have the code 0 there, which is for the caller to see to. The kernels of CSplitpipeKernels
/// give the same bits.
///
/// The passes over values are in this module because functions of `package` access are not inlined
/// into another one (Swift 6.3.1), and a call per value takes ten times as long.
struct CodeSteps {
  private let minimum: Float
  private let width: Float
  private let top: Float

  /// - Parameters:
  ///   - range: one of finite width, more than 0 where there are values to be coded.
  ///   - levels: the number of codes, 2^b.
  init(_ range: CodeRange, levels: Int) {
    minimum = range.minimum
    width = range.width
    top = Float(levels - 1)
  }

  /// Steps above the minimum, s; of any sign and size.
  @inline(__always)
  func position(of value: Float) -> Float { (value - minimum) / width * top }

  /// The nearest position that has a code, 0…2^b − 1; 0 for a NaN.
  ///
  /// Limiting the position comes to the same as limiting the value to the range before.
  @inline(__always)
  func limited(_ position: Float) -> Float {
    let raised = position > 0 ? position : 0
    return raised < top ? raised : top
  }

  /// The code of a position that has one, rounded half to even.
  ///
  /// Above 1.5 · 2^23 a float32 has no fraction bits: the addition itself rounds, and the low byte of
  /// the sum is the code. Loops with this vectorise, those with `rounded()` and `Int32()` do not.
  @inline(__always)
  func code(at position: Float) -> UInt8 {
    UInt8(truncatingIfNeeded: (position + 12_582_912).bitPattern)
  }

  /// The value that a code stands for.
  @inline(__always)
  func value(of code: UInt8) -> Float { Float(code) / top * width + minimum }
}
