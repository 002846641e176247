import SplitpipeCore

/// What `torch.save` wrote: a pickled value and the bytes of the tensors it refers to.
struct TorchCheckpoint {
  let document: PickleDocument
  private let bytes: [UInt8]
  private let archive: ZIPArchive
  /// Folder of all members, such as `archive/`.
  private let folder: String
  private var weightBudget: Int
  /// Members whose checksum was found right.
  private var verified: [String: Range<Int>] = [:]

  /// Opens the archive and reads its pickle; tensors are read when asked for.
  ///
  /// - Throws: `.badData`, naming what the file is where it is a known one of another kind.
  init(_ bytes: [UInt8], limits: CheckpointLimits) throws {
    guard !bytes.isEmpty else {
      throw SplitpipeError(.badData, "the file is empty, expected a PyTorch checkpoint")
    }
    if let foreign = ForeignModel(bytes, path: "") {
      throw SplitpipeError(.badData, foreign.sentence)
    }
    archive = try ZIPArchive(bytes, maximumMembers: limits.archiveMembers)
    guard let pickle = archive.names.first(where: { $0.hasSuffix("/data.pkl") }) else {
      throw SplitpipeError(
        .badData, "a ZIP archive without data.pkl, expected a PyTorch checkpoint")
    }
    folder = String(pickle.dropLast("data.pkl".count))
    let code = folder + "code/"
    guard !archive.contains(folder + "constants.pkl"),
      !archive.names.contains(where: { $0.hasPrefix(code) })
    else {
      throw SplitpipeError(
        .badData,
        "a TorchScript program, expected a checkpoint: give the .pt it was exported from")
    }
    let order = folder + "byteorder"
    if archive.contains(order),
      !bytes[try archive.place(of: order)].starts(with: Array("little".utf8))
    {
      throw SplitpipeError(.badData, "saved on a big-endian machine, expected little-endian")
    }
    self.bytes = bytes
    weightBudget = limits.weightBytes
    document = try PickleMachine.read(
      bytes, at: try archive.place(of: pickle), limits: limits)
  }

  /// Reads a tensor's elements as float32 in row-major order, through its offset and strides.
  ///
  /// - Throws: `.badData` where `value` is no tensor, holds no floats, or reaches outside its bytes.
  mutating func tensor(_ value: PickleValue) throws -> TorchTensor {
    let view = try TensorView(value, in: document)
    guard view.shape.count <= weightBudget / 4 else {
      throw SplitpipeError(.badData, "the network's weights exceed the limit")
    }
    weightBudget -= view.shape.count * 4
    let place = try stored(view.key)
    let (size, overflow) = view.storageCount.multipliedReportingOverflow(
      by: view.elementType.byteCount)
    guard !overflow, size <= place.count else {
      throw SplitpipeError(
        .badData,
        "storage \(view.key) has \(place.count) bytes, expected \(view.storageCount) elements")
    }
    return TorchTensor(
      shape: view.shape, values: view.values(of: bytes, from: place.lowerBound))
  }

  private mutating func stored(_ key: String) throws -> Range<Int> {
    if let place = verified[key] { return place }
    let place = try archive.place(of: folder + "data/" + key)
    verified[key] = place
    return place
  }
}

/// A tensor of a checkpoint as float32.
struct TorchTensor: Sendable, Equatable {
  var shape: Shape
  var values: [Float]
}
