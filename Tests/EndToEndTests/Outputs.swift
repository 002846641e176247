import Foundation
import SplitpipeTestSupport
import Testing

/// What a command wrote as JSON.
func jsonObject(_ path: String) throws -> [String: Any] {
  let data = try Data(contentsOf: URL(fileURLWithPath: path))
  return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
}

/// A rendered street.
func street(_ folder: TemporaryFolder, frames: Int) throws -> String {
  let clip = folder.file("street.mp4")
  try #require(
    try Program.run(["synth", clip, "--seed", "4", "--frames", "\(frames)"]).code == 0)
  return clip
}
