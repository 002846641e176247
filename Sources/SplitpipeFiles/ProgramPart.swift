/// A thing that comes with the program as files and is looked for when it is needed.
package struct ProgramPart: Sendable {
  /// The environment variable with which a user names its place.
  package let variable: String
  /// Where it lies below the prefix of an installation.
  let installed: String
  /// Where it lies below a checkout that the program was built in.
  let checkedOut: String

  /// The OpenVINO runtime: a folder with `libs` in it.
  package static let runtime = ProgramPart(
    variable: "SPLITPIPE_OPENVINO", installed: "lib/splitpipe/openvino",
    checkedOut: ".deps/openvino")

  /// Models: a folder with `demo/demo.pt` in it.
  package static let models = ProgramPart(
    variable: "SPLITPIPE_MODELS", installed: "share/splitpipe/Models", checkedOut: "Models")

  /// The plotting library of reports: a folder with `chart.min.js` and `copyright` in it.
  package static let plots = ProgramPart(
    variable: "SPLITPIPE_CHARTJS", installed: "share/splitpipe/chart.js",
    checkedOut: ".deps/chart.js")
}
