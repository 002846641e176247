internal import CSplitpipeKernels

/// The instructions a pass over values runs in; results are the same bits whichever it is.
struct VectorSet: Hashable, CustomStringConvertible {
  fileprivate enum Choice { case swift, avx2, avx512 }

  private let choice: Choice

  /// What Swift makes of it for any processor of the architecture.
  static let swift = VectorSet(choice: .swift)
  /// Everything this processor can run, the best last.
  static let available: [VectorSet] = {
    switch splitpipe_best_vectors() {
    case SPLITPIPE_VECTORS_AVX512: [.swift, VectorSet(choice: .avx2), VectorSet(choice: .avx512)]
    case SPLITPIPE_VECTORS_AVX2: [.swift, VectorSet(choice: .avx2)]
    default: [.swift]
    }
  }()
  static let best = available.last ?? .swift

  /// The exponents of range widths that the quantizing kernel takes.
  static let rangeExponents = SPLITPIPE_LEAST_EXPONENT...SPLITPIPE_MOST_EXPONENT

  /// Whether the C kernels have it.
  var isKernel: Bool { choice != .swift }

  var identifier: splitpipe_vectors {
    switch choice {
    case .swift: SPLITPIPE_VECTORS_NONE
    case .avx2: SPLITPIPE_VECTORS_AVX2
    case .avx512: SPLITPIPE_VECTORS_AVX512
    }
  }

  var description: String { "\(choice)" }
}
