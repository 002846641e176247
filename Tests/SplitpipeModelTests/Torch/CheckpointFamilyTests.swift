import SplitpipeCore
import Testing

@testable import SplitpipeModel

@Suite struct `The table of checkpoint families` {
  private func network(_ bytes: [UInt8]) throws -> TorchModule {
    let document = try TorchCheckpoint(bytes, limits: CheckpointLimits()).document
    let value = try #require(document.entry("model", of: document.root))
    return try TorchModule(value, in: document, path: "")
  }

  @Test func `holds one family that recognises a network`() throws {
    let first = try network(TinyCheckpoint().bytes)
    #expect(checkpointFamilies.filter { $0.recognises(first) }.count == 1)
    #expect(YOLOv5Network.recognises(first))
    let later = try network(TinyUltralytics().bytes)
    #expect(checkpointFamilies.filter { $0.recognises(later) }.count == 1)
    #expect(UltralyticsNetwork.recognises(later))
  }

  @Test func `lets a pickle name the modules of its families and no others`() throws {
    func name(_ module: String, _ name: String = "Conv") -> String? {
      try? PickleGlobals.qualified(module: module, name: name)
    }
    #expect(name("models.common") == "models.common.Conv")
    // The package on PyPI puts its name before them.
    #expect(name("yolov5.models.common") == "models.common.Conv")
    #expect(name("ultralytics.nn.modules.conv") == "ultralytics.nn.modules.conv.Conv")
    #expect(name("ultralyticsother") == nil)
    #expect(name("torch.nn.modules.conv") == "torch.nn.modules.conv.Conv")
    #expect(name("__builtin__", "set") == "builtins.set")
    #expect(name("yolov5.os") == nil)
    #expect(name("models.common", "os.system") == nil)
    #expect(name("modelsother") == nil)
  }
}
