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

  // Reference workload of Benchmarks: 650,000 row changes, 141 MB of binlog, 265 MB of pages; two cores, median of seven runs.
  //
  // | | none | gzip 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 | zstd 1 | 2 | 3 | 4 | 5 | 6 | 7 | 9 |
  // |---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|---|
  // | file, MB | 264.7 | 51.9 | 50.2 | 49.7 | 47.6 | 44.5 | 44.0 | 43.2 | 43.0 | 43.0 | 39.3 | 39.6 | 39.5 | 39.5 | 39.1 | 37.5 | 37.3 | 36.3 |
  // | wall, s | 0.29 | 0.85 | 0.92 | 0.94 | 1.12 | 1.20 | 1.32 | 1.49 | 1.64 | 1.68 | 0.51 | 0.47 | 0.57 | 0.62 | 0.99 | 1.13 | 1.19 | 1.34 |

  /// The gzip level when nothing else is asked for, which is zlib's own: a file is written once, and stored and read for long.
  public static let defaultGzipLevel = 6
  /// The zstd level when nothing else is asked for: the fastest, and 1 to 4 differ by less than 1 % in size.
  public static let defaultZstdLevel = 2

  package var codec: CompressionCodec {
    switch self {
    case .none: .uncompressed
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }
}
