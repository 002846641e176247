import Glibc
import SplitpipeCore

extension TorchModule {
  /// How many times an `Upsample` repeats every pixel.
  ///
  /// - Throws: `.badData` where it does other than repeat pixels a whole number of times.
  func enlargement() throws -> (height: Int, width: Int) {
    guard text("mode") == "nearest" else {
      throw failure("enlarges other than by nearest neighbour, which is not supported")
    }
    var factors: [Double] = []
    if let items = attribute("scale_factor").flatMap(document.items) {
      for case .real(let factor) in items { factors.append(factor) }
    } else if let factor = number("scale_factor") {
      factors = [factor, factor]
    }
    guard factors.count == 2, factors.allSatisfy({ (1...16).contains($0) && $0 == $0.rounded() })
    else { throw failure("has no whole scale_factor from 1 to 16") }
    return (Int(factors[0]), Int(factors[1]))
  }
}
