// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `FieldRepetitionType`: how often a field occurs in a row.
public enum FieldRepetitionType: Int32, Sendable {
  /// Exactly once.
  case required = 0
  /// Never or once: the column can hold nulls.
  case optional = 1
}
