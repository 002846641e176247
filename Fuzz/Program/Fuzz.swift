import Glibc
import SplitpipeFuzzTargets

/// The target that `FUZZ_TARGET` names.
private let target: FuzzTarget? =
  unsafe getenv("FUZZ_TARGET").flatMap { unsafe FuzzTarget(rawValue: String(cString: $0)) }

/// Called by libFuzzer once before the first execution.
///
/// Writes the target's good inputs to the folder `FUZZ_SEEDS`, if there is one.
@_cdecl("LLVMFuzzerInitialize")
public func prepare(
  _ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?
) -> Int32 {
  guard let target else {
    let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
    print("FUZZ_TARGET names one of \(names)")
    exit(64)
  }
  guard let folder = unsafe getenv("FUZZ_SEEDS").map({ unsafe String(cString: $0) }) else {
    return 0
  }
  do {
    for (number, seed) in try target.seeds().enumerated() {
      guard let file = unsafe fopen("\(folder)/seed-\(number)", "wb") else { exit(73) }
      unsafe fwrite(seed, 1, seed.count, file)
      unsafe fclose(file)
    }
  } catch {
    print("no seeds: \(error)")
    exit(70)
  }
  return 0
}

/// Called by libFuzzer for each execution.
@_cdecl("LLVMFuzzerTestOneInput")
public func execute(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target?.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}
