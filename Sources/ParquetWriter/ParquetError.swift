import Platform

/// Why a Parquet file could not be written.
public enum ParquetError: Error, Equatable, Sendable {
  /// The file system, or the store, refused.
  case output(OutputError)
  /// A value has more bytes than a page can hold.
  case valueTooLarge(bytes: Int)
  /// A page has more bytes than its header can tell.
  case pageTooLarge(column: String, bytes: Int)
  /// No such level; the codec knows those in `range`.
  case invalidCompressionLevel(codec: String, level: Int, range: ClosedRange<Int>)
  /// The compression library failed, with its own word for why.
  case compression(codec: String, reason: String)
  /// The columns of a batch are not those of the schema, or not of equal length.
  case batchMismatch(String)
  /// The file was finished or given up before, or an earlier write failed.
  case notOpen(path: String)
}

extension ParquetError: CustomStringConvertible {
  /// One phrase.
  public var description: String {
    switch self {
    case .output(let error): error.description
    case .valueTooLarge(let bytes): "a value of \(bytes) bytes is too large for a Parquet page"
    case .pageTooLarge(let column, let bytes): "a page of \(bytes) bytes in column \(column) is too large for Parquet"
    case .invalidCompressionLevel(let codec, let level, let range):
      "\(codec) has no level \(level), only \(range.lowerBound) to \(range.upperBound)"
    case .compression(let codec, let reason): "\(codec) failed: \(reason)"
    case .batchMismatch(let what): "the batch does not fit the schema: \(what)"
    case .notOpen(let path): "\(path) is not open for writing"
    }
  }
}
