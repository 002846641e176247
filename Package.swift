// swift-tools-version: 6.2
import PackageDescription

// Targets are listed bottom-up. Leaves import SplitpipeCore, their C module and, where they need files
// or threads, SplitpipeFiles or SplitpipeConcurrency, never each other; SplitpipePipeline runs stages
// it does not know, SplitpipeStages joins the leaves, the executable is the command line.
let package = Package(
  name: "splitpipe",
  products: [
    .executable(name: "splitpipe", targets: ["splitpipe"]),
    // Each with the targets whose values it takes; of those only what is public is for others.
    .library(name: "SplitpipeCodec", targets: ["SplitpipeCodec", "SplitpipeCore"]),
    .library(
      name: "SplitpipeEndpoints",
      targets: [
        "SplitpipeEndpoints", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeInference",
        "SplitpipeMedia", "SplitpipeModel", "SplitpipeCore",
      ]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift", from: "0.2.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.3"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.2"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.1"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),
    .package(url: "https://github.com/vapor/jwt-kit", from: "5.7.1"),
  ],
  targets: [
    .systemLibrary(
      name: "CFFmpeg", pkgConfig: "libavformat libavcodec libswscale libavutil",
      providers: [.apt(["libavformat-dev", "libavcodec-dev", "libswscale-dev", "libavutil-dev"])]),
    .systemLibrary(
      name: "CCairo", pkgConfig: "cairo", providers: [.apt(["libcairo2-dev"])]),
    .systemLibrary(
      name: "CCurl", pkgConfig: "libcurl", providers: [.apt(["libcurl4-openssl-dev"])]),
    .systemLibrary(
      name: "COpenSSL", pkgConfig: "libcrypto", providers: [.apt(["libssl-dev"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg", providers: [.apt(["libturbojpeg0-dev"])]),
    .systemLibrary(
      name: "CArchive", pkgConfig: "libarchive", providers: [.apt(["libarchive-dev"])]),
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"])]),
    // Its pkg-config file holds flags that SwiftPM refuses; the module map says what is needed.
    .systemLibrary(name: "CKissFFT", providers: [.apt(["libkissfft-dev"])]),
    .target(name: "COpenVINO"),
    // Inner loops of our own where Swift was measured to lose.
    .target(
      name: "CSplitpipeKernels",
      // Without it every vector instruction is a call, and tests of whole frames take minutes.
      cSettings: [.unsafeFlags(["-O2"], .when(configuration: .debug))]),

    .target(name: "SplitpipeCore"),
    // Threads for calls that block, and channels between tasks.
    .target(name: "SplitpipeConcurrency", dependencies: ["SplitpipeCore"]),
    .target(
      name: "SplitpipeStatistics",
      dependencies: [.product(name: "Histogram", package: "hdrhistogram-swift")]),
    // The one target with file input and output that leaves may share.
    .target(name: "SplitpipeFiles", dependencies: ["SplitpipeCore"]),
    .target(
      name: "SplitpipeMedia",
      dependencies: ["SplitpipeCore", "SplitpipeFiles", "CFFmpeg", "CCairo", "CTurboJPEG"]),
    .target(name: "SplitpipeSynth", dependencies: ["SplitpipeCore", "CCairo"]),
    .target(
      name: "SplitpipeModel",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", "CZlib",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      exclude: ["ONNX/onnx-subset.proto"]),
    .target(
      name: "SplitpipeInference", dependencies: ["SplitpipeCore", "SplitpipeFiles", "COpenVINO"]),
    .target(
      name: "SplitpipeCodec",
      dependencies: ["SplitpipeCore", "CSplitpipeKernels", "CZlib", "CZstd"]),
    .target(
      name: "SplitpipeTensorFile",
      dependencies: ["SplitpipeCore", "SplitpipeFiles", "SplitpipeCodec"]),
    .target(name: "SplitpipeArchive", dependencies: ["SplitpipeCore", "CArchive"]),
    .target(name: "SplitpipeAnalysis", dependencies: ["SplitpipeCore", "CKissFFT"]),
    .target(
      name: "SplitpipeTransport", dependencies: ["SplitpipeCore", "SplitpipeConcurrency"]),
    .target(
      name: "SplitpipeDetection",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "SplitpipeModelStore",
      dependencies: ["SplitpipeCore", "SplitpipeFiles", "CCurl", "COpenSSL"]),
    .target(
      name: "SplitpipePipeline",
      dependencies: [
        "SplitpipeCore", "SplitpipeConcurrency", "SplitpipeStatistics",
        .product(name: "Yams", package: "Yams"),
      ]),
    .target(
      name: "SplitpipeEndpoints",
      dependencies: ["SplitpipeCore", "SplitpipeModel", "SplitpipeCodec", "SplitpipeDetection"]),
    // Nothing but what the generator makes of the .proto files.
    .target(
      name: "SplitpipeProtocol",
      dependencies: [.product(name: "SwiftProtobuf", package: "swift-protobuf")],
      exclude: ["splitpipe.proto", "health.proto"]),
    // Both ends of a camera's stream, whatever carries it.
    .target(
      name: "SplitpipeSession",
      dependencies: [
        "SplitpipeCore", "SplitpipeConcurrency", "SplitpipeCodec", "SplitpipeDetection",
        "SplitpipeModel", "SplitpipeEndpoints", "SplitpipeProtocol", "SplitpipeStatistics",
      ]),
    // gRPC, TLS and tokens; the one target that sees them.
    .target(
      name: "SplitpipeNetwork",
      dependencies: [
        "SplitpipeCore", "SplitpipeConcurrency", "SplitpipeFiles", "SplitpipeProtocol",
        "SplitpipeSession",
        .product(name: "GRPCCore", package: "grpc-swift-2"),
        .product(name: "GRPCNIOTransportHTTP2", package: "grpc-swift-nio-transport"),
        .product(name: "GRPCProtobuf", package: "grpc-swift-protobuf"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "X509", package: "swift-certificates"),
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "JWTKit", package: "jwt-kit"),
      ]),
    .target(
      name: "SplitpipeStages",
      dependencies: [
        "SplitpipeCore", "SplitpipeConcurrency", "SplitpipeFiles", "SplitpipeMedia",
        "SplitpipeModel", "SplitpipeInference", "SplitpipeCodec", "SplitpipeEndpoints",
        "SplitpipeTransport", "SplitpipeDetection", "SplitpipeModelStore", "SplitpipePipeline",
        "SplitpipeSession", "SplitpipeStatistics",
      ],
      // A link to the Pipelines folder, so that the program carries its own pipelines.
      resources: [
        .embedInCode("Pipelines/detect.yaml"), .embedInCode("Pipelines/deliver.yaml"),
        .embedInCode("Pipelines/bench.yaml"), .embedInCode("Pipelines/remote.yaml"),
        .embedInCode("Pipelines/whole.yaml"),
      ]),
    // Weights that follow gradients; what is learnt about a bottleneck.
    .target(
      name: "SplitpipeTraining",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", "SplitpipeModel", "SplitpipeEndpoints",
        "SplitpipePipeline",
      ]),
    .target(name: "SplitpipeReport", dependencies: ["SplitpipeCore", "SplitpipeFiles"]),
    .target(
      name: "SplitpipeEvaluation",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", "SplitpipeMedia", "SplitpipeModel",
        "SplitpipeInference", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeEndpoints",
        "SplitpipeConcurrency", "SplitpipePipeline", "SplitpipeStages", "SplitpipeReport",
        "SplitpipeModelStore", "SplitpipeStatistics", "SplitpipeAnalysis",
        "SplitpipeArchive", "SplitpipeTraining",
      ]),
    .target(
      name: "SplitpipeCorrelation",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", "SplitpipeMedia", "SplitpipeModel",
        "SplitpipeInference", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeEndpoints",
        "SplitpipePipeline", "SplitpipeStages", "SplitpipeReport", "SplitpipeAnalysis",
        "SplitpipeModelStore",
      ]),
    .executableTarget(
      name: "splitpipe",
      dependencies: [
        "SplitpipeCore", "SplitpipeFiles", "SplitpipeMedia", "SplitpipeModel", "SplitpipeCodec",
        "SplitpipeDetection", "SplitpipeModelStore", "SplitpipePipeline", "SplitpipeStages",
        "SplitpipeEvaluation", "SplitpipeCorrelation", "SplitpipeSynth", "SplitpipeTensorFile",
        "SplitpipeSession", "SplitpipeNetwork", "SplitpipeStatistics", "SplitpipeTraining",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    // Writes the manual pages from what the program says of itself, when it is installed.
    .executableTarget(
      name: "splitpipe-manual", dependencies: ["SplitpipeCore", "SplitpipeFiles"]),

    // The example is also a package of its own; here it is built with all else, and sees no more of
    // the libraries than it does there.
    .executableTarget(
      name: "LibraryExample",
      dependencies: [
        "SplitpipeCodec", "SplitpipeCore", "SplitpipeDetection", "SplitpipeEndpoints",
        "SplitpipeInference", "SplitpipeMedia", "SplitpipeModel",
      ],
      path: "Tests/LibraryExample/Sources/LibraryExample", packageAccess: false),

    .target(
      name: "SplitpipeTestSupport",
      dependencies: ["SplitpipeCore", "SplitpipeConcurrency", "SplitpipeInference"],
      path: "Tests/SplitpipeTestSupport",
      // It compares whole tensors.
      swiftSettings: [.unsafeFlags(["-O"], .when(configuration: .debug))]),
    .testTarget(
      name: "SplitpipeCoreTests", dependencies: ["SplitpipeCore", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeConcurrencyTests",
      dependencies: ["SplitpipeConcurrency", "SplitpipeCore", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeFilesTests", dependencies: ["SplitpipeFiles", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeMediaTests", dependencies: ["SplitpipeMedia", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeModelTests",
      dependencies: ["SplitpipeFiles", "SplitpipeModel", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeInferenceTests",
      dependencies: ["SplitpipeInference", "SplitpipeModel", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeCodecTests", dependencies: ["SplitpipeCodec", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeTensorFileTests",
      dependencies: ["SplitpipeTensorFile", "SplitpipeCodec", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeSynthTests", dependencies: ["SplitpipeSynth", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeArchiveTests",
      dependencies: ["SplitpipeArchive", "SplitpipeCore", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeAnalysisTests", dependencies: ["SplitpipeAnalysis", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeTransportTests",
      dependencies: ["SplitpipeTransport", "SplitpipeConcurrency", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeDetectionTests",
      dependencies: ["SplitpipeDetection", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeModelStoreTests",
      dependencies: ["SplitpipeFiles", "SplitpipeModelStore", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipePipelineTests",
      dependencies: ["SplitpipePipeline", "SplitpipeStatistics", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeEndpointsTests",
      dependencies: [
        "SplitpipeEndpoints", "SplitpipeCore", "SplitpipeCodec", "SplitpipeDetection",
        "SplitpipeInference", "SplitpipeMedia", "SplitpipeModel", "SplitpipeTestSupport",
      ]),
    .testTarget(
      name: "SplitpipeStagesTests",
      dependencies: [
        "SplitpipeStages", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeInference",
        "SplitpipeMedia", "SplitpipeModel", "SplitpipePipeline", "SplitpipeTestSupport",
      ]),
    .testTarget(
      name: "SplitpipeSessionTests",
      dependencies: [
        "SplitpipeSession", "SplitpipeNetwork", "SplitpipeProtocol", "SplitpipeCore",
        "SplitpipeConcurrency", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeEndpoints",
        "SplitpipeInference", "SplitpipeModel", "SplitpipeTestSupport",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "JWTKit", package: "jwt-kit"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
        .product(name: "SwiftASN1", package: "swift-asn1"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "X509", package: "swift-certificates"),
      ],
      exclude: ["Client"]),
    .testTarget(
      name: "SplitpipeTrainingTests",
      dependencies: [
        "SplitpipeTraining", "SplitpipeCore", "SplitpipeInference", "SplitpipeModel",
        "SplitpipePipeline",
        "SplitpipeTestSupport",
      ]),
    .testTarget(
      name: "SplitpipeReportTests",
      dependencies: [
        "SplitpipeReport", "SplitpipeCore", "SplitpipeFiles", "SplitpipeTestSupport",
      ]),
    .testTarget(
      name: "SplitpipeEvaluationTests",
      dependencies: [
        "SplitpipeEvaluation", "SplitpipeCore", "SplitpipeCodec", "SplitpipeDetection",
        "SplitpipeEndpoints", "SplitpipeInference", "SplitpipeMedia", "SplitpipeModel",
        "SplitpipeStages", "SplitpipeStatistics", "SplitpipeAnalysis", "SplitpipeTestSupport",
      ]),
    .target(
      name: "SplitpipeFuzzTargets",
      dependencies: [
        "SplitpipeCore", "SplitpipeCodec", "SplitpipeDetection", "SplitpipeEndpoints",
        "SplitpipeModel", "SplitpipeProtocol", "SplitpipeSession", "SplitpipeTensorFile",
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      path: "Tests/SplitpipeFuzzTargets"),
    .testTarget(
      name: "FuzzTargetTests", dependencies: ["SplitpipeFuzzTargets", "SplitpipeTestSupport"]),
    .testTarget(
      name: "SplitpipeCommandTests",
      dependencies: [
        "splitpipe", .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ]),
    .testTarget(name: "EndToEndTests", dependencies: ["SplitpipeTestSupport"]),
  ],
  swiftLanguageModes: [.v6]
)

// Needs libFuzzer: no normal build sees it. Fuzz/run builds it; the default linker fails at it.
if Context.environment["SPLITPIPE_FUZZ"] != nil {
  package.targets.append(
    .executableTarget(
      name: "fuzz", dependencies: ["SplitpipeFuzzTargets"], path: "Fuzz/Program",
      linkerSettings: [.unsafeFlags(["-use-ld=lld"])]))
}

for target in package.targets where [.executable, .test, .regular].contains(target.type) {
  guard !["COpenVINO", "CSplitpipeKernels", "SplitpipeProtocol"].contains(target.name) else {
    continue
  }
  var settings = target.swiftSettings ?? []
  settings += [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .strictMemorySafety(),
    .treatWarning("ExplicitSendable", as: .error),
  ]
  target.swiftSettings = settings
}
