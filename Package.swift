// swift-tools-version: 6.1
import PackageDescription

/// Upcoming features that every Swift target of the package is written for.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioTLS = Target.Dependency.product(name: "NIOTLS", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

/// A product of the HTTP and gRPC stack, which is neither fetched nor built without the trait.
func openInference(_ product: String, of package: String) -> Target.Dependency {
  .product(name: product, package: package, condition: .when(traits: ["OpenInference"]))
}

let grpcMessages: [Target.Dependency] = [
  openInference("GRPCCore", of: "grpc-swift-2"),
  openInference("GRPCProtobuf", of: "grpc-swift-protobuf"),
  openInference("SwiftProtobuf", of: "swift-protobuf"),
]
let grpcTransport = openInference("GRPCNIOTransportHTTP2Posix", of: "grpc-swift-nio-transport")
let hummingbird = openInference("Hummingbird", of: "hummingbird")
let asyncHTTPClient = openInference("AsyncHTTPClient", of: "async-http-client")
let hummingbirdTLS = openInference("HummingbirdTLS", of: "hummingbird")
let serviceLifecycle = openInference("ServiceLifecycle", of: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let tracing = Target.Dependency.product(name: "Tracing", package: "swift-distributed-tracing")
let nioEmbedded = Target.Dependency.product(name: "NIOEmbedded", package: "swift-nio")
let nioHTTP1 = openInference("NIOHTTP1", of: "swift-nio")
let httpTypes = openInference("HTTPTypes", of: "swift-http-types")
let nioHTTPTypes = openInference("NIOHTTPTypes", of: "swift-nio-extras")
let nioHTTPTypesHTTP1 = openInference("NIOHTTPTypesHTTP1", of: "swift-nio-extras")
let nioSSL = openInference("NIOSSL", of: "swift-nio-ssl")
let nioHTTP2 = openInference("NIOHTTP2", of: "swift-nio-http2")

let package = Package(
  name: "swift-hierarchical-inference",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "HierarchicalInference", targets: ["HierarchicalInference"]),
    .library(name: "HIData", targets: ["HIData"]),
    .library(name: "HIModels", targets: ["HIModels"]),
    .library(name: "HITrace", targets: ["HITrace"]),
    .library(name: "HIPlanning", targets: ["HIPlanning"]),
    .library(name: "HITracing", targets: ["HITracing"]),
    .library(name: "HITransport", targets: ["HITransport"]),
    .library(name: "HIRuntime", targets: ["HIRuntime"]),
    .library(name: "HIServing", targets: ["HIServing"]),
    .library(name: "HIOpenInference", targets: ["HIOpenInference"]),
    .library(name: "HIReport", targets: ["HIReport"]),
    .executable(name: "hi", targets: ["hi"]),
  ],
  traits: [
    .default(enabledTraits: ["OpenInference"]),
    .trait(
      name: "OpenInference",
      description: "The Open Inference Protocol over HTTP and gRPC, and TLS; long to build."),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-distributed-tracing", from: "1.7.3"),
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-nio-extras", from: "1.34.0"),
    .package(url: "https://github.com/apple/swift-nio-http2", from: "1.40.0"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
    .package(url: "https://github.com/grpc/grpc-swift-nio-transport", from: "2.9.0"),
    .package(url: "https://github.com/grpc/grpc-swift-protobuf", from: "2.4.0"),
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.0", traits: []),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),
  ],
  targets: [
    .target(name: "HierarchicalInference", swiftSettings: swiftSettings),

    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(
      name: "CTurboJPEG", pkgConfig: "libturbojpeg",
      providers: [.apt(["libturbojpeg0-dev"]), .brew(["jpeg-turbo"])]),
    .systemLibrary(
      name: "CSPNG", pkgConfig: "spng",
      providers: [.apt(["libspng-dev"]), .brew(["libspng"])]),
    .systemLibrary(
      name: "CSodium", pkgConfig: "libsodium",
      providers: [.apt(["libsodium-dev"])]),
    .target(
      name: "HIData",
      dependencies: [
        "HierarchicalInference", "CZlib", "CTurboJPEG", "CSPNG",
        // Apple's systems have CryptoKit.
        .target(name: "CSodium", condition: .when(platforms: [.linux])),
      ],
      resources: [.embedInCode("Catalogue/imagenet-classes.txt")], swiftSettings: swiftSettings),

    .target(
      name: "COnnxRuntime",
      cSettings: [.headerSearchPath("../../.deps/onnxruntime/include")],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "HIModels",
      dependencies: ["HierarchicalInference", "HIData", "COnnxRuntime"],
      swiftSettings: swiftSettings),

    .target(
      name: "HITrace",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels",
        .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "HIPlanning",
      dependencies: ["HierarchicalInference", "HIData", "HIModels", "HITrace"],
      resources: [.embedInCode("Catalogue/devices.json")], swiftSettings: swiftSettings),

    .target(
      name: "HITracing", dependencies: [tracing, nioCore, nioHTTP1, asyncHTTPClient],
      swiftSettings: swiftSettings),

    .target(
      name: "HITransport",
      dependencies: [
        "HierarchicalInference", "HIData", "HITracing", tracing, nioCore, nioPosix, nioTLS, nioSSL,
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "HIRuntime",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITracing",
        "HITransport", tracing,
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "HIServing",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITracing", "HITransport", tracing, nioCore,
        nioPosix, nioTLS,
        nioSSL, logging,
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "HIOpenInference",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITracing", "HITransport", "HIServing",
        "CZlib", tracing, nioCore,
        nioPosix, nioHTTP1, nioHTTPTypes, nioHTTPTypesHTTP1, hummingbird,
        hummingbirdTLS, httpTypes, serviceLifecycle, logging, grpcTransport, asyncHTTPClient,
        nioSSL, nioHTTP2,
      ] + grpcMessages,
      resources: [.embedInCode("Live/live.html")], swiftSettings: swiftSettings),

    .target(
      name: "HIReport",
      dependencies: [
        "HierarchicalInference", "HIData", "HITrace", "HIPlanning", "HITransport", "HIRuntime",
        "CZlib",
      ],
      swiftSettings: swiftSettings),

    .executableTarget(
      name: "hi",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITransport",
        "HIRuntime", "HIServing", "HIOpenInference", "HIReport", "HITracing", tracing,
        nioCore,
        .product(name: "ArgumentParser", package: "swift-argument-parser"), logging,
      ],
      swiftSettings: swiftSettings),

    .testTarget(
      name: "HierarchicalInferenceTests", dependencies: ["HierarchicalInference", "HIData"],
      swiftSettings: swiftSettings),
    .target(
      name: "SocketPeers", path: "Tests/SocketPeers", swiftSettings: swiftSettings),
    .target(
      name: "TestCertificates", path: "Tests/TestCertificates", swiftSettings: swiftSettings),
    .target(
      name: "SimulatedInstruments", path: "Tests/SimulatedInstruments",
      exclude: ["scpi_instrument.py"], swiftSettings: swiftSettings),
    .target(
      name: "CollectedSpans", dependencies: ["HITracing", tracing], path: "Tests/CollectedSpans",
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HITracingTests", dependencies: ["HITracing", "HIData", "CollectedSpans", tracing],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HITransportTests",
      dependencies: [
        "HITransport", "HIData", "HITracing", "CollectedSpans", tracing, "SocketPeers", nioCore,
        nioPosix,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIServingTests",
      dependencies: [
        "HIServing", "HITracing", "HITransport", "HIData", "HIModels", "SocketPeers",
        "CollectedSpans", "TestCertificates", tracing, nioCore, logging,
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIOpenInferenceTests",
      dependencies: [
        "HIOpenInference", "HIServing", "HIModels", "HITracing", "HITransport", "HIData",
        "SocketPeers", "CollectedSpans", "TestCertificates", tracing, nioCore, nioEmbedded,
        asyncHTTPClient, nioHTTP1, grpcTransport,
      ] + grpcMessages,
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIDataTests", dependencies: ["HIData", "CZlib"],
      exclude: ["Fixtures/make_images.py"], resources: [.copy("Fixtures/Images")],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIModelsTests",
      dependencies: ["HIData", "HIModels"],
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "HIRuntimeTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HIPlanning", "HITransport", "HIRuntime",
        "SimulatedInstruments", tracing,
      ],
      exclude: ["Fixtures"], swiftSettings: swiftSettings),
    .testTarget(
      name: "HITraceTests",
      dependencies: [
        "HierarchicalInference", "HITrace", .product(name: "GRDB", package: "GRDB.swift"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIPlanningTests",
      dependencies: ["HierarchicalInference", "HITrace", "HIPlanning"],
      exclude: ["Fixtures/make_fixtures.py"],
      resources: [.copy("Fixtures/reference.json")], swiftSettings: swiftSettings),
    .testTarget(
      name: "HIReportTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HITrace", "HIPlanning", "HIRuntime", "HIReport",
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "FuzzEntriesTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITransport",
        "HIServing", "HIOpenInference", "hi", nioCore,
        openInference("SwiftProtobuf", of: "swift-protobuf"),
      ],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "CommandTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITransport",
        "HIRuntime", "HIServing", "HIOpenInference", "SimulatedInstruments", "SocketPeers",
        "TestCertificates", "hi",
      ],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
