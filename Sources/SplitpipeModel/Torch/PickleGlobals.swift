import SplitpipeCore

/// The classes and functions a checkpoint may name. None is ever imported or run: a name on the
/// list makes a record of its arguments, any other name refuses the file.
enum PickleGlobals {
  /// Class name of the records that stand for bytes stored beside the pickle.
  static let storage = "persistent storage"

  private static let names: Set<String> = [
    "collections.OrderedDict", "collections.defaultdict",
    "builtins.set", "builtins.frozenset", "builtins.getattr",
    "torch.Size", "torch.device", "torch.nn.parameter.Parameter",
    "torch._utils._rebuild_tensor_v2", "torch._utils._rebuild_parameter",
    "torch._utils._rebuild_parameter_with_state",
    "torch.float16", "torch.half", "torch.bfloat16", "torch.float32", "torch.float",
    "torch.float64", "torch.double", "torch.uint8", "torch.int8", "torch.int16", "torch.int32",
    "torch.int64", "torch.long", "torch.bool",
    "numpy.core.multiarray.scalar", "numpy.core.multiarray._reconstruct",
    "numpy._core.multiarray.scalar", "numpy._core.multiarray._reconstruct",
    "numpy.dtype", "numpy.ndarray", "_codecs.encode",
    "pathlib.PosixPath", "pathlib.WindowsPath", "pathlib.PurePosixPath",
    "pathlib._local.PosixPath", "pathlib._local.WindowsPath", "argparse.Namespace",
  ]

  /// The dotted name of an allowed class: one of the list, a layer of PyTorch, or one of a family's
  /// own modules, under the family's name for the module.
  ///
  /// - Throws: `.badData` naming any other.
  static func qualified(module: String, name: String) throws -> String {
    let module = module == "__builtin__" ? "builtins" : module
    let full = "\(module).\(name)"
    // A dot inside the name would reach through an allowed module to another: refused.
    if !name.contains(".") {
      let isStorage = module == "torch" && name.hasSuffix("Storage")
      let isLayer = full.hasPrefix("torch.nn.modules.")
      if names.contains(full) || isStorage || isLayer { return full }
      if let known = checkpointFamilies.lazy.compactMap({ $0.module(named: module) }).first {
        return "\(known).\(name)"
      }
    }
    if module.hasPrefix("__torch__") {
      throw SplitpipeError(
        .badData,
        "a TorchScript program (\(full)), expected a checkpoint: give the .pt it was exported "
          + "from, or export that to ONNX")
    }
    throw SplitpipeError(
      .badData,
      "the pickle asks for \(full), which no YOLO checkpoint needs; it was not run: do not "
        + "open this file with PyTorch either unless you trust where it comes from")
  }
}
