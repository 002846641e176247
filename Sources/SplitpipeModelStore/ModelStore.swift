internal import FoundationEssentials
import SplitpipeFiles

/// The models a user can name: files in folders, told by their names without the extension.
package struct ModelStore: Sendable {
  /// Where fetched models are put, and looked for first.
  package let folder: String
  /// Folders of models that came with the program; never written to.
  package let shipped: [String]
  /// What can be fetched.
  package let available: [AvailableModel]

  package init(
    folder: String, shipped: [String] = [], available: [AvailableModel] = officialModels
  ) {
    self.folder = folder
    self.shipped = shipped
    self.available = available
  }

  /// The user's own store, and the demo model where it is found.
  package static var standard: ModelStore {
    let demo = (try? DemoModel.path())?.split(separator: "/", omittingEmptySubsequences: false)
    return ModelStore(
      folder: cacheFolder(ProcessInfo.processInfo.environment),
      shipped: demo.map { [$0.dropLast().joined(separator: "/")] } ?? [])
  }

  /// `splitpipe/models` in the user's cache folder, as the XDG Base Directory Specification 0.8
  /// says: `XDG_CACHE_HOME` where it is an absolute path, else `.cache` in the home folder.
  static func cacheFolder(_ environment: [String: String]) -> String {
    let home =
      environment["HOME"].flatMap { $0.isEmpty ? nil : $0 }
      ?? FileManager.default.homeDirectoryForCurrentUser.path
    let named = environment["XDG_CACHE_HOME"] ?? ""
    let cache = named.hasPrefix("/") ? named : home + "/.cache"
    return cache + "/splitpipe/models"
  }

  /// Every installed model, by name; of two with the same name the one that `path(of:)` gives.
  package var installed: [InstalledModel] {
    var models: [String: InstalledModel] = [:]
    for folder in [folder] + shipped {
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      for file in files.sorted() {
        guard let name = modelName(file), let bytes = fileSize(folder + "/" + file) else {
          continue
        }
        let found = InstalledModel(name: name, path: folder + "/" + file, bytes: bytes)
        // A .pt comes after an .onnx of the same name and replaces it; an earlier folder wins.
        guard models[name].map({ $0.path.hasPrefix(folder + "/") }) ?? true else { continue }
        models[name] = found
      }
    }
    return models.values.sorted { $0.name < $1.name }
  }

  /// An installed model by its name.
  package func installed(_ name: String) -> InstalledModel? {
    installed.first { $0.name == name }
  }

  /// What can be fetched under a name.
  package func available(_ name: String) -> AvailableModel? {
    available.first { $0.name == name }
  }

  /// Where a model is put once it is fetched.
  package func destination(of model: AvailableModel) -> String { folder + "/" + model.fileName }

  /// The bytes of an unfinished fetch that are already there.
  package func unfinishedBytes(of model: AvailableModel) -> Int {
    fileSize(destination(of: model) + PartFile.suffix) ?? 0
  }
}

/// A model file in one of the store's folders.
package struct InstalledModel: Sendable, Equatable {
  package let name: String
  package let path: String
  package let bytes: Int
}

/// A file name without its extension, where the extension is a model's.
private func modelName(_ file: String) -> String? {
  for suffix in [".pt", ".onnx"] where file.hasSuffix(suffix) && file.count > suffix.count {
    return String(file.dropLast(suffix.count))
  }
  return nil
}

/// The bytes of a regular file; nil for anything else.
func fileSize(_ path: String) -> Int? {
  guard case .file(let bytes)? = try? FileKind(of: path) else { return nil }
  return bytes
}
