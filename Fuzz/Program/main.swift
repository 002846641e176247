import Glibc
import SplitpipeFuzzTargets

/// libFuzzer's own loop: reads its options, runs `execute` until told to stop, returns an exit code.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
  _ count: UnsafeMutablePointer<Int32>,
  _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>>,
  _ execute: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32
) -> Int32

/// Writes the target's good inputs to a folder.
private func writeSeeds(of target: FuzzTarget, to folder: String) {
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
}

private func environment(_ name: String) -> String? {
  unsafe getenv(name).map { unsafe String(cString: $0) }
}

/// The target that `FUZZ_TARGET` names.
private let target = environment("FUZZ_TARGET").flatMap(FuzzTarget.init(rawValue:))

private func execute(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  target?.run(unsafe Array(UnsafeBufferPointer(start: bytes, count: count)))
  return 0
}

if target == nil {
  let names = FuzzTarget.allCases.map(\.rawValue).joined(separator: ", ")
  print("FUZZ_TARGET names one of \(names)")
  exit(64)
}
if let target, let folder = environment("FUZZ_SEEDS") {
  writeSeeds(of: target, to: folder)
  exit(0)
}
private var count = CommandLine.argc
private var arguments = unsafe CommandLine.unsafeArgv
exit(unsafe runFuzzer(&count, &arguments, execute))
