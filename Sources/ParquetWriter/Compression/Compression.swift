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

  // 131,073 row changes of a shop, 62.9 MB of JSON, in row groups of 8192; one core, encoding and writing included.
  // Taken on a loaded machine in two runs (gzip 3 to 9 in the earlier one, with slightly slower code): for the order only.
  //
  // | gzip level | 1 | 2 | 3 | 4 | 5 | 6 | 7 | 8 | 9 |
  // |---|---|---|---|---|---|---|---|---|---|
  // | file, MB | 21.8 | 21.2 | 20.7 | 20.1 | 19.3 | 19.1 | 19.0 | 18.8 | 18.8 |
  // | JSON, MB/s | 70 | 68 | 58 | 48 | 39 | 35 | 26 | 12 | 11 |
  //
  // | zstd level | 1 | 2 | 3 | 4 | 5 |
  // |---|---|---|---|---|---|
  // | file, MB | 18.7 | 17.5 | 17.5 | 17.4 | 17.0 |
  // | JSON, MB/s | 290 | 206 | 157 | 112 | 96 |

  /// The gzip level when nothing else is asked for: from 4 on each level costs more time than it saves space.
  public static let defaultGzipLevel = 3
  /// The zstd level when nothing else is asked for: 3 is slower and not smaller.
  public static let defaultZstdLevel = 2

  package var codec: CompressionCodec {
    switch self {
    case .none: .uncompressed
    case .gzip: .gzip
    case .zstd: .zstd
    }
  }
}
