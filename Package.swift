// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours: Swift 6 mode comes with the tools version; a warning is an error.
let common: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
]
/// Libraries that read bytes from outside must name every unsafe expression.
let strict: [SwiftSetting] = common + [.strictMemorySafety()]

/// With MBC_STATIC in the environment, the program is linked with all of its libraries inside. The linker alone knows it, so
/// that the objects are those of the tests; as objects name the shared libraries that they want, those of Foundation stand here.
let staticLinking: [LinkerSetting] =
  Context.environment["MBC_STATIC"] == nil
  ? []
  : [
    .unsafeFlags([
      "-static-executable", "-lFoundation", "-lFoundationInternationalization", "-lFoundationEssentials",
      "-lCoreFoundation", "-l_FoundationICU", "-l_FoundationCShims", "-l_FoundationCollections", "-lBlocksRuntime",
      "-lstdc++",
    ])
  ]
/// Tests are compiled without optimisation: it takes longer than the tests run.
let tests: [SwiftSetting] = common + [.unsafeFlags(["-Onone"])]

let package = Package(
  name: "mysql-binlog-connector",
  platforms: [.macOS(.v26)],
  products: [
    .executable(name: "mysql-binlog-connector", targets: ["MySQLBinlogConnector"])
  ],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),
  ],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(name: "CCRC32", dependencies: ["CZlib"]),
    .target(name: "Bytes", dependencies: ["CCRC32"], swiftSettings: strict),
    .target(name: "Platform", dependencies: ["Bytes"], swiftSettings: strict),
    .target(
      name: "MySQLWire",
      dependencies: [
        "Bytes", "Platform",
        .product(name: "Crypto", package: "swift-crypto"),
        .product(name: "_CryptoExtras", package: "swift-crypto"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOEmbedded", package: "swift-nio"),
        .product(name: "NIOTLS", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(name: "BinlogParser", dependencies: ["Bytes", "CZlib", "CZstd"], swiftSettings: strict),
    .target(
      name: "ParquetWriter", dependencies: ["Bytes", "Platform", "CZlib", "CZstd"], swiftSettings: strict),
    .target(
      name: "Pipeline",
      dependencies: [
        "Bytes", "Platform", "BinlogParser", "ParquetWriter",
        .product(name: "BasicContainers", package: "swift-collections"),
      ],
      swiftSettings: strict),
    .target(
      name: "HTTP",
      dependencies: [
        .product(name: "AsyncHTTPClient", package: "async-http-client"),
        .product(name: "NIOCore", package: "swift-nio"),
        .product(name: "NIOHTTP1", package: "swift-nio"),
        .product(name: "NIOPosix", package: "swift-nio"),
        .product(name: "NIOSSL", package: "swift-nio-ssl"),
      ],
      swiftSettings: strict),
    .target(
      name: "ObjectStore",
      dependencies: ["Bytes", "Platform", "HTTP", .product(name: "Crypto", package: "swift-crypto")],
      swiftSettings: strict),
    .target(name: "LambdaRuntime", dependencies: ["HTTP", "Platform"], swiftSettings: strict),
    .executableTarget(
      name: "MySQLBinlogConnector",
      dependencies: [
        "Bytes", "Platform", "MySQLWire", "BinlogParser", "ParquetWriter", "Pipeline", "ObjectStore", "LambdaRuntime",
        .product(name: "ArgumentParser", package: "swift-argument-parser"),
        .product(name: "Logging", package: "swift-log"),
      ],
      swiftSettings: common,
      linkerSettings: staticLinking),
    .target(name: "TestSupport", dependencies: ["Bytes"], path: "Tests/TestSupport", swiftSettings: common),
    .testTarget(
      name: "PlatformTests", dependencies: ["Platform", "Bytes", "CCRC32", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "MySQLWireTests",
      dependencies: [
        "MySQLWire", "Platform", "Bytes", "TestSupport",
        .product(name: "Crypto", package: "swift-crypto"), .product(name: "_CryptoExtras", package: "swift-crypto"),
      ],
      swiftSettings: tests),
    .testTarget(
      name: "BinlogParserTests", dependencies: ["BinlogParser", "Bytes", "CZlib", "CZstd", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "ParquetWriterTests",
      dependencies: ["ParquetWriter", "Platform", "Bytes", "CZlib", "CZstd", "TestSupport"], swiftSettings: tests),
    .testTarget(
      name: "PipelineTests",
      dependencies: ["Pipeline", "ParquetWriter", "Platform", "BinlogParser", "Bytes", "TestSupport"],
      swiftSettings: tests),
    .testTarget(
      name: "FuzzTests",
      dependencies: ["Pipeline", "ParquetWriter", "Platform", "BinlogParser", "MySQLWire", "Bytes"],
      exclude: ["Fuzz/Main.swift"], swiftSettings: tests),
    .testTarget(name: "ObjectStoreTests", dependencies: ["ObjectStore", "HTTP"], swiftSettings: tests),
    .testTarget(
      name: "LambdaRuntimeTests", dependencies: ["LambdaRuntime", "HTTP", "Platform"], swiftSettings: tests),
    .testTarget(
      name: "ConfigurationTests",
      dependencies: [
        "MySQLBinlogConnector", "LambdaRuntime", "ObjectStore", "Pipeline", "BinlogParser", "MySQLWire", "Platform",
        "Bytes",
        "TestSupport",
      ],
      swiftSettings: tests),
  ]
)
