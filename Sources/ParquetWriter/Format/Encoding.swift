// https://github.com/apache/parquet-format/blob/master/Encodings.md

/// `Encoding`: how the values of a page are turned into bytes.
public enum Encoding: Int32, Sendable {
  /// The values as they are, one after the other.
  case plain = 0
  /// Runs and bit-packed groups: definition levels.
  case rle = 3
  /// Differences of neighbours, bit-packed.
  case deltaBinaryPacked = 5
  /// Indices into the dictionary page of the column chunk.
  case rleDictionary = 8
}
