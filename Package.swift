// swift-tools-version: 6.1
import PackageDescription

/// Upcoming features that every Swift target of the package is written for.
let swiftSettings: [SwiftSetting] = [
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]

let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")

let package = Package(
  name: "swift-hierarchical-inference",
  platforms: [.macOS(.v15), .iOS(.v18)],
  products: [
    .library(name: "HierarchicalInference", targets: ["HierarchicalInference"]),
    .library(name: "HIData", targets: ["HIData"]),
    .library(name: "HIModels", targets: ["HIModels"]),
    .library(name: "HITrace", targets: ["HITrace"]),
    .library(name: "HIPlanning", targets: ["HIPlanning"]),
    .library(name: "HITransport", targets: ["HITransport"]),
    .library(name: "HIRuntime", targets: ["HIRuntime"]),
    .library(name: "HIServing", targets: ["HIServing"]),
    .library(name: "HIReport", targets: ["HIReport"]),
    .executable(name: "hi", targets: ["hi"]),
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.0"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),
  ],
  targets: [
    .target(name: "HierarchicalInference", swiftSettings: swiftSettings),

    .systemLibrary(
      name: "CZlib", pkgConfig: "zlib",
      providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .target(
      name: "HIData", dependencies: ["HierarchicalInference", "CZlib"],
      swiftSettings: swiftSettings),

    .target(
      name: "COnnxRuntime",
      cSettings: [.headerSearchPath("../../.deps/onnxruntime/include")],
      linkerSettings: [.linkedLibrary("dl", .when(platforms: [.linux]))]),
    .target(
      name: "HIModels",
      dependencies: [
        "HierarchicalInference", "HIData", "COnnxRuntime",
        .product(name: "Crypto", package: "swift-crypto"),
      ],
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
      name: "HITransport",
      dependencies: ["HierarchicalInference", "HIData", nioCore, nioPosix],
      swiftSettings: swiftSettings),

    .target(
      name: "HIRuntime",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITransport",
      ],
      swiftSettings: swiftSettings),

    .target(
      name: "HIServing",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITransport", nioCore, nioPosix,
      ],
      swiftSettings: swiftSettings),

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
        "HIRuntime", "HIServing", "HIReport",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
      ],
      swiftSettings: swiftSettings),

    .testTarget(
      name: "HierarchicalInferenceTests", dependencies: ["HierarchicalInference", "HIData"],
      swiftSettings: swiftSettings),
    .target(
      name: "SocketPeers", path: "Tests/SocketPeers", swiftSettings: swiftSettings),
    .target(
      name: "SimulatedInstruments", path: "Tests/SimulatedInstruments",
      exclude: ["scpi_instrument.py"], swiftSettings: swiftSettings),
    .testTarget(
      name: "HITransportTests",
      dependencies: ["HITransport", "HIData", "SocketPeers", nioCore, nioPosix],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIServingTests",
      dependencies: ["HIServing", "HITransport", "HIData", "SocketPeers", nioCore],
      swiftSettings: swiftSettings),
    .testTarget(
      name: "HIDataTests", dependencies: ["HIData", "CZlib"], swiftSettings: swiftSettings),
    .testTarget(
      name: "HIModelsTests",
      dependencies: [
        "HIData", "HIModels", .product(name: "Crypto", package: "swift-crypto"),
      ],
      resources: [.copy("Fixtures")], swiftSettings: swiftSettings),
    .testTarget(
      name: "HIRuntimeTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HIPlanning", "HITransport", "HIRuntime",
        "SimulatedInstruments",
      ],
      exclude: ["Fixtures"], swiftSettings: swiftSettings),
    .testTarget(
      name: "HITraceTests", dependencies: ["HierarchicalInference", "HITrace"],
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
      name: "CommandTests",
      dependencies: [
        "HierarchicalInference", "HIData", "HIModels", "HITrace", "HIPlanning", "HITransport",
        "HIRuntime", "HIServing", "SimulatedInstruments", "hi",
      ],
      swiftSettings: swiftSettings),
  ],
  swiftLanguageModes: [.v6]
)
