/// The sizes that guard memory, in one place. All are bytes, unless said otherwise.
public enum Limits {
  /// The largest event, packed or unpacked, unless the configuration says otherwise (`max_event_bytes`).
  public static let event = 1 << 30
  /// The largest window that a zstd frame may ask for, as a power of two: what level 22, MySQL's highest, uses.
  static let zstdWindowLog: Int32 = 27
  /// Decompressed bytes asked for at a time.
  static let decompressionStep = 128 << 10
  /// The most that one byte of a zlib stream can stand for, and so the most that is allocated for it.
  package static let zlibRatio = 1032
  /// The longest file name that a server has room for.
  static let fileName = 512
  /// The largest TABLE_MAP: a table of a server's most columns, with names and labels, needs a small part of this.
  package static let tableMap = 16 << 20
  /// The longest name or label in a TABLE_MAP: several times as long as the longest that a server takes, of 255 characters.
  static let tableString = 4096
  /// The most names and labels in a TABLE_MAP.
  static let tableStrings = 1 << 20
  /// The most columns of a table: how many the server's own two-byte counts can tell.
  package static let tableColumns = 65_535
  /// What the table maps that are in use may take together, roughly.
  package static let tableMaps = 256 << 20
}
