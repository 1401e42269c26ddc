import ParquetWriter

/// A column that can stand behind the nine: the values of `extra_columns`.
public enum ExtraColumn: String, CaseIterable, Sendable {
  /// The binlog file.
  case file
  /// The row's number in the stream.
  case seq
  /// The transaction's id.
  case gtid
  /// The transaction's number in the storage engines.
  case xid
  /// The connection that committed it.
  case threadID = "thread_id"
  /// Time of the commit.
  case commitTime = "commit_time"
  /// The statement.
  case query

  /// True for what only the transaction's events say.
  var isOfTransaction: Bool {
    switch self {
    case .file, .seq: false
    case .gtid, .xid, .threadID, .commitTime, .query: true
    }
  }

  /// The column in the schema.
  var descriptor: ColumnDescriptor {
    switch self {
    case .file: ColumnDescriptor(rawValue, .byteArray, .required, logicalType: .string, encoding: .rleDictionary)
    case .seq: ColumnDescriptor(rawValue, .int64, .required, encoding: .deltaBinaryPacked)
    case .gtid: ColumnDescriptor(rawValue, .byteArray, .optional, logicalType: .string, encoding: .rleDictionary)
    case .xid: ColumnDescriptor(rawValue, .int64, .optional, encoding: .deltaBinaryPacked)
    case .threadID: ColumnDescriptor(rawValue, .int64, .optional, encoding: .rleDictionary)
    case .commitTime:
      ColumnDescriptor(rawValue, .int64, .required, logicalType: .utcMicroseconds, encoding: .deltaBinaryPacked)
    case .query:
      ColumnDescriptor(
        rawValue, .byteArray, .optional, logicalType: .string, encoding: .rleDictionary, bounds: .none)
    }
  }
}
