internal import COpenVINO
import SplitpipeCore
internal import Synchronization

/// A graph compiled by OpenVINO with one inference request, whose buffers are reused.
final class OpenVINOGraph: RecurrentGraph {
  let inputNames: [String]
  let outputNames: [String]
  private let name: String
  private let handle: Mutex<SegmentHandle>
  private let turn: InferenceTurn

  convenience init(
    onnx: [UInt8], name: String, precision: Precision, threads: Int?, turn: InferenceTurn
  ) throws {
    try self.init(
      SegmentHandle(onnx: onnx, name: name, precision: precision, threads: threads), turn: turn)
  }

  /// Compiles a network in the runtime's own form.
  ///
  /// - Parameters:
  ///   - network: what is compiled.
  ///   - bytes: a graph whose first input is of bytes.
  ///   - name: what errors call it.
  ///   - precision: the arithmetic it runs in.
  ///   - threads: the most one inference uses.
  ///   - turn: what inferences take turns by.
  /// - Throws: `badData` where the runtime refuses it, or an output is not float32.
  convenience init(
    _ network: RuntimeNetwork, behind bytes: OpenVINOGraph, name: String, precision: Precision,
    threads: Int?, turn: InferenceTurn
  ) throws {
    try self.init(
      bytes.handle.withLock { bytes in
        try SegmentHandle(
          network, behind: bytes, name: name, precision: precision, threads: threads)
      }, turn: turn)
  }

  private init(_ handle: consuming sending SegmentHandle, turn: InferenceTurn) throws {
    try handle.checkOutputs()
    name = handle.name
    inputNames = handle.inputs.map(\.name)
    outputNames = handle.outputNames
    self.handle = Mutex(handle)
    self.turn = turn
  }

  func run(_ inputs: [InferenceInput]) throws -> [Tensor<Float>] {
    guard inputs.count == inputNames.count else {
      throw SplitpipeError(
        .bug, "\(name) takes \(inputNames.count) tensors, got \(inputs.count)")
    }
    return try step(
      Dictionary(uniqueKeysWithValues: zip(inputs.indices, inputs)),
      giving: Array(outputNames.indices))
  }
}

extension OpenVINOGraph {
  func step(_ inputs: [Int: InferenceInput], giving outputs: [Int]) throws -> [Tensor<Float>] {
    try handle.withLock { handle in
      for (index, input) in inputs { try handle.fill(index, with: input) }
      try turn.take { try handle.infer() }
      return try outputs.map { try handle.output($0) }
    }
  }

  func carry(_ pairs: [(output: Int, input: Int)]) throws {
    try handle.withLock { handle in
      for pair in pairs { try handle.carry(pair.output, to: pair.input) }
    }
  }

  func held(_ input: Int) throws -> Tensor<Float> { try handle.withLock { try $0.held(input) } }
}

/// Owns one compiled graph of the runtime.
@safe
private struct SegmentHandle: ~Copyable {
  struct Port {
    let name: String
    let shape: Shape
  }

  let name: String
  let inputs: [Port]
  let outputNames: [String]
  private let handle: OpaquePointer

  init(onnx: [UInt8], name: String, precision: Precision, threads: Int?) throws {
    try unsafe self.init(name: name, precision: precision, threads: threads) {
      hint, threads, created, message in
      unsafe onnx.withUnsafeBytes { bytes in
        unsafe copenvino_compile(
          bytes.baseAddress, bytes.count, hint, threads, created, message)
      }
    }
  }

  init(
    _ network: RuntimeNetwork, behind bytes: borrowing SegmentHandle, name: String,
    precision: Precision, threads: Int?
  ) throws {
    let first = unsafe bytes.handle
    try unsafe self.init(name: name, precision: precision, threads: threads) {
      hint, threads, created, message in
      unsafe network.description.withUnsafeBytes { description in
        unsafe network.weights.withUnsafeBytes { weights in
          unsafe copenvino_compile_network(
            description.baseAddress, description.count, weights.baseAddress, weights.count, first,
            hint, threads, created, message)
        }
      }
    }
  }

  private init(
    name: String, precision: Precision, threads: Int?,
    compile: (
      _ hint: UnsafePointer<CChar>?, _ threads: UnsafePointer<CChar>?,
      _ created: UnsafeMutablePointer<OpaquePointer?>, _ message: copenvino_message
    ) -> Int32
  ) throws {
    let hint = precision == .auto ? nil : precision.rawValue
    var created: OpaquePointer?
    let (status, detail) = withRuntimeMessage { message in
      unsafe withOptionalCString(hint) { hint in
        unsafe withOptionalCString(threads.map(String.init)) { threads in
          unsafe compile(hint, threads, &created, message)
        }
      }
    }
    guard status == 0, let handle = unsafe created else {
      throw SplitpipeError(.badData, "OpenVINO refuses \(name): \(detail)")
    }
    unsafe self.handle = handle
    self.name = name
    inputs = unsafe (0..<copenvino_input_count(handle)).map {
      unsafe Port(copenvino_input(handle, $0))
    }
    outputNames = unsafe (0..<copenvino_output_count(handle)).map {
      unsafe Port(copenvino_output(handle, $0)).name
    }
  }

  /// - Throws: `badData` if an output is not float32.
  func checkOutputs() throws {
    for index in outputNames.indices { _ = try outputShape(index) }
  }

  /// The shape of an output's last inference; empty before the first where it depends on the picture.
  ///
  /// - Throws: `badData` if the output is not float32.
  private func outputShape(_ index: Int) throws -> Shape {
    let shape = unsafe Port(copenvino_output(handle, index)).shape
    let byteCount = unsafe copenvino_output(handle, index).pointee.byte_count
    guard byteCount == shape.count * MemoryLayout<Float>.stride else {
      throw SplitpipeError(
        .badData,
        "output \"\(outputNames[index])\" of \(name) is not float32, which splitpipe needs")
    }
    return shape
  }

  deinit { unsafe copenvino_free(handle) }

  /// Copies a tensor into the input's buffer; shape and element size must be the port's.
  func fill(_ index: Int, with input: InferenceInput) throws {
    let port = unsafe copenvino_input(handle, index).pointee
    func copy(_ bytes: UnsafeRawBufferPointer) throws {
      guard input.shape == inputs[index].shape, unsafe bytes.count == port.byte_count else {
        throw SplitpipeError(
          .bug,
          "input \"\(inputs[index].name)\" of \(name) is \(inputs[index].shape), "
            + "got \(input.shape)")
      }
      if let source = bytes.baseAddress {
        unsafe port.data.copyMemory(from: source, byteCount: bytes.count)
      }
    }
    switch input {
    case .bytes(let tensor): try unsafe tensor.values.withUnsafeBytes(copy)
    case .floats(let tensor): try unsafe tensor.values.withUnsafeBytes(copy)
    }
  }

  func infer() throws {
    let (status, detail) = withRuntimeMessage { unsafe copenvino_infer(handle, $0) }
    guard status == 0 else { throw SplitpipeError(.badData, "\(name) failed: \(detail)") }
  }

  /// A copy of an output's buffer.
  ///
  /// - Throws: `badData` if the output is not float32.
  func output(_ index: Int) throws -> Tensor<Float> {
    let shape = try outputShape(index)
    return unsafe copy(copenvino_output(handle, index).pointee, shape: shape)
  }

  /// A copy of an input's buffer, which holds float32.
  func held(_ index: Int) throws -> Tensor<Float> {
    let port = unsafe copenvino_input(handle, index).pointee
    guard unsafe port.byte_count == inputs[index].shape.count * MemoryLayout<Float>.stride
    else { throw SplitpipeError(.bug, "input \"\(inputs[index].name)\" of \(name) is not float32") }
    return unsafe copy(port, shape: inputs[index].shape)
  }

  /// Exchanges an output's buffer with that of an input.
  func carry(_ output: Int, to input: Int) throws {
    let (status, detail) = withRuntimeMessage { unsafe copenvino_carry(handle, output, input, $0) }
    guard status == 0 else { throw SplitpipeError(.bug, "\(name): \(detail)") }
  }

  private func copy(_ port: copenvino_port, shape: Shape) -> Tensor<Float> {
    let count = shape.count
    let values = unsafe [Float](unsafeUninitializedCapacity: count) { buffer, initialized in
      if count > 0, let target = buffer.baseAddress {
        unsafe UnsafeMutableRawPointer(target).copyMemory(
          from: port.data, byteCount: port.byte_count)
      }
      initialized = count
    }
    return Tensor(shape: shape, values: values)
  }
}

extension SegmentHandle.Port {
  fileprivate init(_ port: UnsafePointer<copenvino_port>) {
    let port = unsafe port.pointee
    var dimensions: [Int] = []
    unsafe withUnsafeBytes(of: port.dimensions) { bytes in
      dimensions = unsafe bytes.bindMemory(to: Int64.self).prefix(port.rank).map { Int($0) }
    }
    unsafe self.init(name: String(cString: port.name), shape: Shape(dimensions))
  }
}

private func withOptionalCString<Result>(
  _ text: String?, _ body: (UnsafePointer<CChar>?) -> Result
) -> Result {
  guard let text else { return body(nil) }
  return unsafe text.withCString(body)
}
