extension ManualPage {
  /// What holds for every command, said on the program's own page.
  static var programSections: [String] {
    let codes = [
      ("0", "Done."),
      ("64", "Wrong usage, an unknown name or a value out of range included."),
      ("65", "Bad data: a corrupt video, model, label, tensor or stream."),
      ("66", "An input is not there or cannot be read."),
      ("69", "Something that is needed is not there: a library, a server."),
      ("70", "A mistake in splitpipe."),
      ("73", "An output cannot be written; found out before the work starts."),
      ("130", "Interrupted; what was finished is kept and valid."),
    ]
    let variables = [
      ("SPLITPIPE_MODELS", "Folders, separated by colons, that hold demo/demo.pt."),
      ("SPLITPIPE_OPENVINO", "The folder of the OpenVINO runtime, or its libs folder."),
      ("SPLITPIPE_CHARTJS", "The folder that holds chart.min.js, which reports draw with."),
      ("XDG_CACHE_HOME", "Fetched models lie in splitpipe/models of it; ~/.cache where unset."),
    ]
    let files = [
      ("lib/splitpipe", "Below the prefix of the installation: the OpenVINO runtime."),
      ("share/splitpipe", "The demo model, the pipelines, the plotting library of reports."),
    ]
    return [".SH EXIT STATUS"] + codes.flatMap(entry) + [".SH ENVIRONMENT"]
      + variables.flatMap(entry) + [".SH FILES"] + files.flatMap(entry)
      + [".PP", "Nothing is loaded from the working folder."]
  }

  private static func entry(_ term: String, _ text: String) -> [String] {
    [".TP", Roff.bold(term), Roff.text(text)]
  }
}
