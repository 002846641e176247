package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeEndpoints
package import SplitpipePipeline
package import SplitpipeSession

/// What of one frame is scored, and against what.
package struct ScoredFrame: Sendable {
  /// Boxes by the settings of scoring, in frame pixels; none where the packet was refused.
  package let detections: [Detection]
  /// What is there to be found.
  package let objects: [TruthObject]
  /// Whether the labels have an entry for the frame; a frame without a YOLO label file has none and
  /// counts as without objects. True where there are no labels.
  package let isCovered: Bool
}

/// What one frame cost and found: the one value that leaves the pipeline for it.
package struct FrameReport: Sendable {
  package let stamp: FrameStamp
  /// Bytes of the compressed video or image.
  package let sourceBytes: Int
  /// nil where the pipeline sends nothing.
  package let cost: PacketCost?
  /// nil on the first frame.
  package let change: TemporalChange?
  /// Why the packet was of no use; nil where it was used.
  package let refusal: PacketRefusal?
  /// nil where nothing looked for boxes, or nothing to look in arrived.
  package let detections: [Detection]?
  /// nil where nothing looked for boxes.
  package let plausibility: Plausibility?
  /// What a server made of it; nil where there is none.
  package let answer: RemoteAnswer?
  /// nil where nothing is scored.
  package let score: ScoredFrame?

  /// The slots it is made of.
  package static let slots: SlotSet = [
    Slots.sourceBytes, Slots.cost, Slots.change, Slots.refusal, Slots.detections,
    Slots.plausibility, Slots.answer, Slots.score,
  ]

  /// - Parameter record: a frame that every stage has seen.
  package init(_ record: FrameRecord) {
    stamp = record.stamp
    sourceBytes = record[Slots.sourceBytes] ?? 0
    cost = record[Slots.cost]
    change = record[Slots.change]
    refusal = record[Slots.refusal]
    detections = record[Slots.detections]
    plausibility = record[Slots.plausibility]
    answer = record[Slots.answer]
    score = record[Slots.score]
  }
}
