/// The most a checkpoint may ask for before it is refused, so that a damaged or hostile file
/// cannot make the reader run for hours or take all memory.
///
/// The defaults leave room for the largest official checkpoint (YOLOv5x6, 270 MB) saved in
/// float32 together with its optimizer.
package struct CheckpointLimits: Sendable, Equatable {
  /// Bytes of the whole file.
  package var fileBytes = 4 << 30
  /// Members of the ZIP archive; a checkpoint has one for each tensor.
  package var archiveMembers = 200_000
  /// Bytes of the pickle `data.pkl`; 83 kB in YOLOv5n, a few MB with an optimizer.
  package var pickleBytes = 64 << 20
  /// Values the pickle may make, each list item and memo entry counted.
  package var pickleValues = 8_000_000
  /// Values the pickle may hold on its stack, and marks open at once.
  package var pickleStack = 1_000_000
  /// Modules inside modules; YOLOv5 has 6.
  package var moduleDepth = 16
  /// Modules altogether; YOLOv5x6 has about 800.
  package var modules = 20_000
  /// Bytes of all weights of the network as float32.
  package var weightBytes = 4 << 30
  /// Longest side of the network's input, in pixels.
  package var inputSide = 8192

  package init() {}
}
