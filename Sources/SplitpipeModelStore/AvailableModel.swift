/// A model whose weights can be fetched from a server.
package struct AvailableModel: Sendable, Equatable {
  package let name: String
  /// The name of the file, on the server and in the store.
  package let fileName: String
  /// The address of the folder that holds the file.
  package let folder: String
  /// The size of the file as published.
  package let bytes: Int
  /// SHA-256 of the file in lower-case hexadecimal; nil where none is known, so that the first fetch
  /// records it.
  package let sha256: String?
  /// SPDX identifier of the weights' licence.
  package let licence: String
  /// Who made them, for people.
  package let maker: String

  package init(
    name: String, fileName: String, folder: String, bytes: Int, sha256: String?, licence: String,
    maker: String
  ) {
    self.name = name
    self.fileName = fileName
    self.folder = folder
    self.bytes = bytes
    self.sha256 = sha256
    self.licence = licence
    self.maker = maker
  }
}

/// The official YOLOv5 v7.0 weights (https://github.com/ultralytics/yolov5/releases/tag/v7.0).
///
/// The publisher gives no checksums; those here are the ones that independent users of the files
/// agree on.
package let officialModels = [
  yolov5(
    "yolov5n", bytes: 4_062_133,
    sha256: "4f180cf23ba0717ada0badd6c685026d73d48f184d00fc159c2641284b2ac0a3"),
  yolov5(
    "yolov5s", bytes: 14_808_437,
    sha256: "8b3b748c1e592ddd8868022e8732fde20025197328490623cc16c6f24d0782ee"),
  yolov5(
    "yolov5m", bytes: 42_806_829,
    sha256: "61d933360ba5a7733a36764996c800287d973889d875227f5beedd2473a97a56"),
  yolov5("yolov5l", bytes: 93_622_629, sha256: nil),
  yolov5("yolov5x", bytes: 174_114_333, sha256: nil),
]

private func yolov5(_ name: String, bytes: Int, sha256: String?) -> AvailableModel {
  AvailableModel(
    name: name, fileName: name + ".pt",
    folder: "https://github.com/ultralytics/yolov5/releases/download/v7.0", bytes: bytes,
    sha256: sha256, licence: "AGPL-3.0", maker: "Ultralytics")
}
