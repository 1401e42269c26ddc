// swift-tools-version: 6.2
import PackageDescription

/// The decoders of the main package, instrumented for libFuzzer, and the program that feeds them. A package of its own: its
/// flags are of use for nothing else. The folders below Sources are links to those of the main package; of MySQLWire they
/// are links to what needs neither NIO nor cryptography.
let common: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableExperimentalFeature("Lifetimes"),
  .unsafeFlags(["-sanitize=fuzzer"]),
]

let package = Package(
  name: "Fuzz",
  platforms: [.macOS(.v26)],
  dependencies: [.package(url: "https://github.com/apple/swift-collections", from: "1.6.0")],
  targets: [
    .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
    .systemLibrary(name: "CZstd", pkgConfig: "libzstd", providers: [.apt(["libzstd-dev"]), .brew(["zstd"])]),
    .target(name: "CCRC32", dependencies: ["CZlib"]),
    .target(name: "Bytes", dependencies: ["CCRC32"], swiftSettings: common),
    .target(name: "BinlogParser", dependencies: ["Bytes", "CZlib", "CZstd"], swiftSettings: common),
    .target(name: "Platform", dependencies: ["Bytes"], swiftSettings: common),
    .target(name: "MySQLWire", dependencies: ["Bytes", "Platform"], swiftSettings: common),
    .target(
      name: "ParquetWriter", dependencies: ["Bytes", "Platform", "CZlib", "CZstd"], swiftSettings: common),
    .target(
      name: "Pipeline",
      dependencies: [
        "Bytes", "Platform", "BinlogParser", "ParquetWriter",
        .product(name: "BasicContainers", package: "swift-collections"),
      ],
      swiftSettings: common),
    .executableTarget(
      name: "Fuzz",
      dependencies: ["BinlogParser", "Bytes", "MySQLWire", "ParquetWriter", "Pipeline", "Platform"],
      swiftSettings: common,
      linkerSettings: [.unsafeFlags(["-sanitize=fuzzer"]), .unsafeFlags(["-use-ld=lld"], .when(platforms: [.linux]))]),
  ]
)
