import ParquetWriter

extension Compression {
  /// The values of `compression`.
  enum Codec: String, CaseIterable {
    case gzip, zstd, none
  }

  /// The compression that `compression` and `compression_level` name.
  init(_ reader: inout ConfigurationReader) {
    switch reader.choice(.compression) as Codec {
    case .gzip: self = .gzip(level: Self.level(in: Self.gzipLevels, &reader) ?? Self.defaultGzipLevel)
    case .zstd: self = .zstd(level: Self.level(in: Self.zstdLevels, &reader) ?? Self.defaultZstdLevel)
    case .none:
      if reader.has(.compressionLevel) { reader.report(.compressionLevel, "has no meaning with compression none") }
      self = .none
    }
  }

  /// The levels of any codec.
  static let levels =
    Int64(min(gzipLevels.lowerBound, zstdLevels.lowerBound))...Int64(max(gzipLevels.upperBound, zstdLevels.upperBound))

  private static func level(in levels: ClosedRange<Int>, _ reader: inout ConfigurationReader) -> Int? {
    reader.integer(.compressionLevel, in: Int64(levels.lowerBound)...Int64(levels.upperBound)).map { Int($0) }
  }

  /// "gzip compression_level=6", for the log.
  var summary: String {
    switch self {
    case .none: "none"
    case .gzip(let level): "gzip compression_level=\(level)"
    case .zstd(let level): "zstd compression_level=\(level)"
    }
  }
}
