import ArgumentParser
import SplitpipeFiles
import SplitpipeModel
import SplitpipeModelStore
import SplitpipeStages

struct ModelsListCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list",
    abstract: "List the models that are installed and those that can be fetched.",
    discussion: """
      EXAMPLE
        splitpipe models list
      """)

  @Flag(help: "Print JSON.")
  var json = false

  private struct Output: Encodable {
    struct Model: Encodable {
      let name: String
      let installed: Bool
      let path: String?
      let bytes: Int
      let licence: String?
      /// Where it can be fetched.
      let source: String?

      enum CodingKeys: CodingKey { case name, installed, path, bytes, licence, source }

      /// Every key, `null` where there is nothing to say.
      func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(installed, forKey: .installed)
        try values.encode(path, forKey: .path)
        try values.encode(bytes, forKey: .bytes)
        try values.encode(licence, forKey: .licence)
        try values.encode(source, forKey: .source)
      }
    }

    let models: [Model]
  }

  func run() throws {
    let store = ModelStore.standard
    let installed = store.installed
    let present = try installed.map { model in
      let known = store.available(model.name)
      return Output.Model(
        name: model.name, installed: true, path: model.path, bytes: model.bytes,
        licence: known?.licence ?? (try? loadModel(path: model.path))?.licence,
        source: try known.map { try ModelAddress(of: $0).shown })
    }
    let missing = try store.available
      .filter { model in !installed.contains { $0.name == model.name } }
      .map { model in
        Output.Model(
          name: model.name, installed: false, path: nil, bytes: model.bytes,
          licence: model.licence, source: try ModelAddress(of: model).shown)
      }
    guard !json else {
      return try Terminal.result(jsonText(Output(models: present + missing)))
    }
    let rows = (present + missing).map { model in
      [
        model.name, model.installed ? "yes" : "no", Text.megabytes(model.bytes),
        model.licence ?? "not stated", model.path ?? hint(for: model.name, in: store),
      ]
    }
    try Terminal.result(Text.table([["model", "installed", "size", "licence", "where"]] + rows))
  }

  /// How to install a model.
  private func hint(for name: String, in store: ModelStore) -> String {
    let part = store.available(name).map(store.unfinishedBytes(of:)) ?? 0
    let begun = part > 0 ? " (\(Text.megabytes(part)) are there)" : ""
    return "splitpipe models fetch \(name)\(begun)"
  }
}
