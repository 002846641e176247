package import SplitpipeCore

/// A box with what its score is made of.
package struct ScoredObject: Sendable {
  package let detection: Detection
  /// Elements of the detector's output that the score depends on, and ∂score/∂element: a class score, and
  /// the objectness that it is multiplied by.
  package let slopes: [(place: Int, slope: Float)]
}

extension Candidates {
  /// As `detections(_:)`, with what the scores are made of.
  package func objects(_ settings: DetectionSettings) -> [ScoredObject] {
    kept(settings).map { detection, anchor in
      ScoredObject(detection: detection, slopes: slopes(anchor, detection.classIndex))
    }
  }

  private func slopes(_ anchor: Int, _ classIndex: Int) -> [(place: Int, slope: Float)] {
    func place(_ field: Int) -> Int { anchor * decoder.anchorStep + field * decoder.fieldStep }
    switch decoder.scores {
    case .objectness:
      let (objectness, score) = (place(4), place(5 + classIndex))
      return [(objectness, output.values[score]), (score, output.values[objectness])]
    case .classes: return [(place(4 + classIndex), 1)]
    case .chosen: return [(place(4), 1)]
    }
  }
}
