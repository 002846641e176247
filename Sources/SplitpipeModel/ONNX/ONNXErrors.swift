import SplitpipeCore

extension SplitpipeError {
  static func notONNX(_ reason: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "neither a .pt checkpoint nor a whole ONNX model: \(reason); give a YOLOv5 .pt file or an "
        + ".onnx file as exported")
  }

  static func opset(_ version: Int64) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "ONNX opset \(version), expected \(knownOpsets.lowerBound) to \(knownOpsets.upperBound); export the model anew, with opset_version=17 for "
        + "instance")
  }

  static func externalData(tensor: String, location: String) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "weight \"\(tensor)\" lies in another file (\"\(location)\"), expected all weights inside the "
        + "model; save it as one file (onnx.save with save_as_external_data=False)")
  }

  static func tensor(_ name: String, _ problem: String) -> SplitpipeError {
    SplitpipeError(.badData, "weight \"\(name)\" \(problem)")
  }

  static func subgraph(_ node: Node) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "node \"\(node.name)\" (\(node.operation)) holds a graph of its own (control flow), expected a "
        + "plain graph; export the model without control flow or simplify it first")
  }

  static func integerOperator(_ node: Node) -> SplitpipeError {
    SplitpipeError(
      .badData,
      "node \"\(node.name)\" (\(node.operation)) takes and gives codes of integers, expected operators "
        + "of floats with quantizers between; quantize the model in the QDQ format "
        + "(quant_format=QuantFormat.QDQ) or dynamically")
  }

  static func unsupported(_ what: String) -> SplitpipeError {
    SplitpipeError(.badData, "the model holds \(what), which splitpipe does not read")
  }
}
