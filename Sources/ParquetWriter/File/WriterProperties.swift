import Foundation

/// Everything that can be chosen about a file besides its schema and its rows, with every default.
public struct WriterProperties: Sendable, Equatable {
  /// Bytes of a data page at most, but for what its last value brings.
  public static let defaultPageSize = 1 << 20
  /// The largest dictionary page in bytes; a column with a larger dictionary is written in PLAIN.
  public static let defaultDictionaryPageSizeLimit = 1 << 20
  /// The longest `min_value` or `max_value` in bytes, above any name that a server allows; longer ones are left out.
  public static let defaultBoundSizeLimit = 256
  /// The largest value in bytes. Page sizes are 32-bit signed numbers, and the page has levels and a length as well.
  public static let valueSizeLimit = Int(Int32.max) - (1 << 24)

  /// One thread for each core of this process, up to four: more are seldom fed by the one that fills the batches.
  public static var defaultThreadCount: Int { min(ProcessInfo.processInfo.activeProcessorCount, 4) }

  /// For `created_by`.
  public var application: ApplicationVersion
  /// What is done to pages after encoding.
  public var compression: Compression
  /// Bytes of a data page at most, before compression, but for what its last value brings.
  public var pageSize: Int
  /// The largest dictionary page in bytes.
  public var dictionaryPageSizeLimit: Int
  /// The longest `min_value` or `max_value` in bytes.
  public var boundSizeLimit: Int
  /// True for an index of pages before the footer, by which readers skip pages.
  public var hasPageIndex: Bool
  /// Threads that compress the pages of a row group side by side. The file is the same whatever their number.
  public var threadCount: Int

  /// The defaults.
  public init(application: ApplicationVersion) {
    self.application = application
    compression = .gzip(level: Compression.defaultGzipLevel)
    pageSize = Self.defaultPageSize
    dictionaryPageSizeLimit = Self.defaultDictionaryPageSizeLimit
    boundSizeLimit = Self.defaultBoundSizeLimit
    hasPageIndex = false
    threadCount = Self.defaultThreadCount
  }
}
