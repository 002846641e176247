// swift-tools-version: 6.2
import PackageDescription

// A package of somebody else's that uses the library: it sees what is public and nothing more.
let package = Package(
  name: "LibraryExample",
  dependencies: [.package(name: "splitpipe", path: "../..")],
  targets: [
    .executableTarget(
      name: "LibraryExample",
      dependencies: [
        .product(name: "SplitpipeCodec", package: "splitpipe"),
        .product(name: "SplitpipeEndpoints", package: "splitpipe"),
      ])
  ])
