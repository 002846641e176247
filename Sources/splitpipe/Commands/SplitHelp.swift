import ArgumentParser

/// What commands say of `--split`.
enum SplitHelp {
  private static let fallback = "(default: 4.m where the model has it, else a cheap early one)"

  static let one: ArgumentHelp = "Module, tensor or node to cut after. \(fallback)"

  static let several: ArgumentHelp =
    "Modules, tensors or nodes to cut after, separated by commas. \(fallback)"
}
