/// Where frames come from: a video, an image, a folder of images, a stream.
public protocol FrameSource: Sendable {
  /// What is known before the first frame.
  var information: SourceInformation { get }
  /// Corrupt packets or images passed over so far, and frames known to be missing.
  var skipped: Int { get }
  /// What the user should know of frames that are missing, such as the names of images that cannot be
  /// read; complete once the frames have ended.
  var notes: [String] { get }
  /// Decodes the next frame; nil at the end.
  ///
  /// - Returns: the frame, or nil.
  /// - Throws: `badData` or `unavailable` where the source breaks.
  func next() throws -> Frame?
}

extension FrameSource {
  /// Nothing.
  public var notes: [String] { [] }
}

/// What a source knows of itself before the first frame.
public struct SourceInformation: Sendable, Equatable {
  /// The path or address as the user gave it, credentials left out.
  public var name: String
  /// Size of the first frame, upright, in its own pixels.
  public var size: PixelSize
  /// The same as a person sees it, in square pixels.
  public var shownSize: PixelSize
  /// Frames per second; nil for images.
  public var framesPerSecond: Double?
  /// The number of frames of the whole, wherever reading begins, where the container says it; an
  /// estimate.
  public var frameCount: Int?
  /// Bytes of the compressed video stream or of the image files, where known.
  public var totalBytes: Int?

  /// Joins what is known of a source.
  public init(
    name: String, size: PixelSize, shownSize: PixelSize? = nil, framesPerSecond: Double?,
    frameCount: Int?, totalBytes: Int?
  ) {
    self.name = name
    self.size = size
    self.shownSize = shownSize ?? size
    self.framesPerSecond = framesPerSecond
    self.frameCount = frameCount
    self.totalBytes = totalBytes
  }
}

/// Turns a frame into the network's input.
public protocol FramePreparer: Sendable {
  /// Makes the 1×3×H×W input of one frame.
  ///
  /// - Parameter frame: a picture that the preparer can read.
  /// - Returns: the input, and where the picture lies in it.
  /// - Throws: `badData` for a picture it cannot read.
  func prepare(_ frame: Frame) throws -> PreparedInput
}

/// Receives annotated frames and writes them somewhere.
package protocol AnnotatedFrameSink: Sendable {
  /// Draws the detections on a copy of the frame and writes it.
  func append(_ frame: Frame, detections: [Detection]) throws
  /// Completes the file; nothing is visible under its name before.
  func finish() throws
  /// Gives up and removes what was begun.
  func cancel()
}

/// The arithmetic a graph runs in.
public enum Precision: String, Sendable, CaseIterable {
  /// 32-bit floats throughout.
  case f32
  /// 16-bit brain floats where the processor has them.
  case bf16
  /// What the runtime holds to be best here.
  case auto
}

/// Elements of a tensor handed to a compiled graph.
public enum InferenceInput: Sendable {
  /// Pixels.
  case bytes(Tensor<UInt8>)
  /// Values of a tensor inside the network.
  case floats(Tensor<Float>)

  /// Of the tensor, whatever its elements.
  public var shape: Shape {
    switch self {
    case .bytes(let tensor): tensor.shape
    case .floats(let tensor): tensor.shape
    }
  }
}

/// A runtime that compiles models for this machine.
public protocol InferenceEngine: Sendable {
  /// Name and version, for reports.
  var description: String { get }
  /// Compiles a model given as the bytes of an ONNX file.
  ///
  /// The model's input shapes are static; `name` is what errors call it; `threads` is the most one
  /// inference uses, nil leaving it to the runtime.
  func compile(
    onnx model: [UInt8], name: String, precision: Precision, threads: Int?
  ) throws -> any CompiledGraph
  /// Compiles a network in the runtime's own form behind an ONNX model that makes its input.
  ///
  /// The one input is the ONNX model's, of bytes; the one output the network's that `network` names.
  func compile(
    _ network: RuntimeNetwork, behind model: [UInt8], name: String, precision: Precision,
    threads: Int?
  ) throws -> any CompiledGraph
}

extension InferenceEngine {
  /// Refuses, as an engine does that has no form of its own.
  public func compile(
    _ network: RuntimeNetwork, behind model: [UInt8], name: String, precision: Precision,
    threads: Int?
  ) throws -> any CompiledGraph {
    throw SplitpipeError(
      .unavailable,
      "\(name) is in the form of another runtime than \(description); give the ONNX file it was made "
        + "from")
  }
}

/// A compiled graph; one inference at a time.
public protocol CompiledGraph: Sendable {
  /// Names of the inputs in the model's order.
  var inputNames: [String] { get }
  /// Names of the outputs in the model's order.
  var outputNames: [String] { get }
  /// Runs once; inputs and outputs in the orders above.
  func run(_ inputs: [InferenceInput]) throws -> [Tensor<Float>]
}

/// A compiled graph whose outputs can be inputs of its next run, as weights are that are trained.
package protocol RecurrentGraph: CompiledGraph {
  /// Runs once.
  ///
  /// - Parameters:
  ///   - inputs: by place; those left out keep their values.
  ///   - outputs: places of the outputs to give.
  /// - Returns: in the order of `outputs`.
  /// - Throws: what running throws.
  func step(_ inputs: [Int: InferenceInput], giving outputs: [Int]) throws -> [Tensor<Float>]
  /// Lets outputs of the last run be inputs of the next.
  func carry(_ pairs: [(output: Int, input: Int)]) throws
  /// What an input holds.
  func held(_ input: Int) throws -> Tensor<Float>
}

/// Carries serialised packets, whole and in order; payloads are opaque to it.
package protocol PacketLink: Sendable {
  /// Name for reports.
  var description: String { get }
  /// Sends one packet; suspends while the link's buffer is full.
  func send(_ bytes: [UInt8]) async throws
  /// The next packet; nil once the sender has finished and all is delivered.
  func receive() async throws -> [UInt8]?
  /// No more packets will be sent.
  func finish() async
}
