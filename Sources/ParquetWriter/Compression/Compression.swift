// https://github.com/apache/parquet-format/blob/master/Compression.md

/// What to do to the bytes of a page after encoding.
public enum Compression: Sendable, Equatable {
  /// Nothing.
  case none
  /// GZIP by zlib, one complete gzip member for each page.
  case gzip(level: Int)
  /// ZSTD, one complete frame for each page.
  case zstd(level: Int)

  /// The levels of `gzip`, from fast to small.
  public static let gzipLevels = 1...9
  /// The levels of `zstd`, from fast to small.
  public static let zstdLevels = 1...19

  /// The gzip level when nothing else is asked for.
  public static let defaultGzipLevel = 6
  /// The zstd level when nothing else is asked for.
  public static let defaultZstdLevel = 3

  package var codec: CompressionCodec {
    switch self {
    case .none: .uncompressed
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }
}
