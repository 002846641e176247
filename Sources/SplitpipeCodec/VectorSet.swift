internal import CSplitpipeKernels

/// The instructions a pass over values runs in; results are the same bits whichever it is.
struct VectorSet: Hashable, CustomStringConvertible {
  fileprivate enum Choice { case swift, avx2, avx512 }

  private let choice: Choice

  /// What Swift makes of it for any processor of the architecture.
  static let swift = VectorSet(choice: .swift)
  /// Everything this processor can run, the best last.
  static let available: [VectorSet] = {
    switch csplitpipe_best_vectors() {
    case CSPLITPIPE_VECTORS_AVX512: [.swift, VectorSet(choice: .avx2), VectorSet(choice: .avx512)]
    case CSPLITPIPE_VECTORS_AVX2: [.swift, VectorSet(choice: .avx2)]
    default: [.swift]
    }
  }()
  static let best = available.last ?? .swift

  /// The exponents of range widths that the quantizing kernel takes.
  static let rangeExponents = CSPLITPIPE_LEAST_EXPONENT...CSPLITPIPE_MOST_EXPONENT

  /// Whether the C kernels have it.
  var isKernel: Bool { choice != .swift }

  var identifier: csplitpipe_vectors {
    switch choice {
    case .swift: CSPLITPIPE_VECTORS_NONE
    case .avx2: CSPLITPIPE_VECTORS_AVX2
    case .avx512: CSPLITPIPE_VECTORS_AVX512
    }
  }

  var description: String { "\(choice)" }
}
