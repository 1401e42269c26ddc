/// The sizes that guard memory, in one place. All are bytes.
package enum Limits {
  /// The largest window that a zstd frame may ask for, as a power of two: what level 22, MySQL's highest, uses.
  static let zstdWindowLog: Int32 = 27
  /// Decompressed bytes asked for at a time.
  static let decompressionStep = 128 << 10
  /// The largest event in a TRANSACTION_PAYLOAD: the largest packet that a MySQL server can be told to accept.
  package static let innerEvent = 1 << 30
  /// The most that one byte of a zlib stream can stand for, and so the most that is allocated for it.
  package static let zlibRatio = 1032
}
