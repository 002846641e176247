package import SplitpipeCodec
package import SplitpipeCore
package import SplitpipeDetection
package import SplitpipeEndpoints
package import SplitpipeFiles
package import SplitpipeSession

/// What the stages of one run share.
package struct RunContext: Sendable {
  package var source: any FrameSource
  package var model: SplitModel
  /// How tensors become packets.
  package var coding: CodingSettings
  /// Joins the sending stage to the receiving one.
  package var link: any PacketLink
  /// The far side, where the tail runs on another machine.
  package var remote: RemoteTail?
  /// The source's newest frame, where it goes on in its own time; nil where it waits.
  var latest: LatestFrames?
  /// Carries the restoring side's wish for a key frame to the quantizing one.
  package let keyRequest = KeyRequest()
  /// What ended the source too soon.
  package let breakage = SourceBreakage()
  /// Frames to read; nil reads all.
  package var frames: Int?
  /// Whether boxes are scored, or written as they would be, which wants those of low confidence too.
  package var isScored = false
  /// Whether the network runs uncut and nothing is sent.
  package var isWhole = false
  /// Class indices that are looked for and scored; nil for all.
  package var classes: Set<Int>?
  /// Labels to score against; nil scores against the unsplit model.
  package var truth: Truth?
  /// Receives annotated frames, where asked for.
  package var annotated: (any AnnotatedFrameSink)?
  /// Receives detections as JSON lines, where asked for.
  package var detections: OutputFile?
  /// Receives the boxes that are scored as COCO results, where asked for.
  package var coco: OutputFile?

  package init(
    source: any FrameSource, model: SplitModel, coding: CodingSettings, link: any PacketLink
  ) {
    self.source = source
    self.model = model
    self.coding = coding
    self.link = link
  }

  /// Whether the unsplit model stands in for labels. Not where the newest frame wins: a device that is to
  /// keep up has no time to do the whole work as well; nor of a network that runs whole, which would be held
  /// against itself.
  var hasReference: Bool { truth == nil && latest == nil && !isWhole }

  /// - Throws: `usage` where a stage wants a server and the run has none.
  func requireRemote() throws -> RemoteTail {
    guard let remote else {
      throw SplitpipeError(
        .usage, "the pipeline hands frames to a server, and there is none; give --server")
    }
    return remote
  }

  /// Which boxes are scored.
  var scoring: DetectionSettings {
    var settings = DetectionSettings.evaluation
    settings.classes = classes
    return settings
  }
}
