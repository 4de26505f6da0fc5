// swift-tools-version: 6.1
import PackageDescription

// A package of its own, so that nothing else is built with a fuzzer's instrumentation. `make fuzz` builds it
// with the flags that it needs; README.md says how the parts that are not public are reached.
let product = "swift-hierarchical-inference"

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v15)],
  dependencies: [
    .package(name: product, path: "..", traits: []),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.0"),
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0", traits: []),
    .package(url: "https://github.com/grpc/grpc-swift-2", from: "2.4.0"),
  ],
  targets: [
    .target(name: "CLibFuzzer"),
    .target(
      name: "OpenInferenceDecoders",
      dependencies: [
        .product(name: "HierarchicalInference", package: product),
        .product(name: "HIData", package: product),
        .product(name: "HIModels", package: product),
        .product(name: "HITransport", package: product),
        .product(name: "HIServing", package: product),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
        .product(name: "GRPCCore", package: "grpc-swift-2"),
      ],
      swiftSettings: [
        .define("OpenInference"), .enableUpcomingFeature("ExistentialAny"),
        .enableUpcomingFeature("InternalImportsByDefault"),
      ]),
    .target(
      name: "ServeSettings", dependencies: [.product(name: "HIData", package: product)]),
    .executableTarget(
      name: "fuzz",
      dependencies: [
        "CLibFuzzer", "OpenInferenceDecoders", "ServeSettings",
        .product(name: "HierarchicalInference", package: product),
        .product(name: "HIData", package: product),
        .product(name: "HIModels", package: product),
        .product(name: "HITrace", package: product),
        .product(name: "HIPlanning", package: product),
        .product(name: "HITransport", package: product),
        .product(name: "HIServing", package: product),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "SwiftProtobuf", package: "swift-protobuf"),
      ],
      swiftSettings: [.define("OpenInference")]),
  ],
  swiftLanguageModes: [.v6]
)
