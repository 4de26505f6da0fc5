// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that users of the library do not build it. One executable a theme.
let package = Package(
  name: "Benchmarks",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: "swift-hierarchical-inference", path: "..", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
  ],
  targets: [
    .target(name: "CAllocationCounter"),
    .target(name: "CThreadPlacement"),
    .executableTarget(
      name: "decision-bench",
      dependencies: [
        "CAllocationCounter",
        .product(name: "HierarchicalInference", package: "swift-hierarchical-inference"),
        .product(name: "HIData", package: "swift-hierarchical-inference"),
      ]),
    .executableTarget(
      name: "search-bench",
      dependencies: [
        .product(name: "HierarchicalInference", package: "swift-hierarchical-inference"),
        .product(name: "HIData", package: "swift-hierarchical-inference"),
        .product(name: "HITrace", package: "swift-hierarchical-inference"),
        .product(name: "HIPlanning", package: "swift-hierarchical-inference"),
      ]),
    .executableTarget(
      name: "wire-bench",
      dependencies: [
        "CThreadPlacement",
        .product(name: "HIData", package: "swift-hierarchical-inference"),
        .product(name: "HIModels", package: "swift-hierarchical-inference"),
        .product(name: "HITransport", package: "swift-hierarchical-inference"),
        .product(name: "HIServing", package: "swift-hierarchical-inference"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
      ]),
    .executableTarget(
      name: "serve-bench",
      dependencies: [
        .product(name: "HIData", package: "swift-hierarchical-inference"),
        .product(name: "HIModels", package: "swift-hierarchical-inference"),
        .product(name: "HITransport", package: "swift-hierarchical-inference"),
        .product(name: "HIServing", package: "swift-hierarchical-inference"),
      ]),
    .executableTarget(name: "serve-load"),
    .executableTarget(
      name: "model-bench",
      dependencies: [
        .product(name: "HIModels", package: "swift-hierarchical-inference"),
        .product(name: "HIData", package: "swift-hierarchical-inference"),
      ]),
  ],
  swiftLanguageModes: [.v6]
)
