// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `FieldRepetitionType`: how often a field occurs in a row, or in the group around it.
public enum FieldRepetitionType: Int32, Sendable {
  /// Exactly once.
  case required = 0
  /// Never or once: the field can be null.
  case optional = 1
  /// Any number of times.
  case repeated = 2
}
