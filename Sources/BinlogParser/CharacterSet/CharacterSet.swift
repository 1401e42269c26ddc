/// A character set of MySQL or MariaDB.
///
/// A table map names a column's collation, which belongs to one character set.
///
/// See <https://dev.mysql.com/doc/refman/en/charset-charsets.html>.
public enum CharacterSet: UInt8, CaseIterable, BitwiseCopyable, Sendable {
  case armscii8, ascii, big5, binary, cp1250, cp1251, cp1256, cp1257, cp850, cp852, cp866, cp932, dec8, eucjpms, euckr
  case gb18030, gb2312, gbk, geostd8, greek, hebrew, hp8, keybcs2, koi8r, koi8u, latin1, latin2, latin5, latin7, macce
  case macroman, sjis, swe7, tis620, ucs2, ujis, utf16, utf16le, utf32, utf8mb3, utf8mb4

  /// True if values are bytes rather than text.
  @inlinable public var isBinary: Bool { self == .binary }

  /// The character set of a collation, by its number (`information_schema.collations`).
  ///
  /// Collations that neither MySQL 9.7 nor MariaDB 11.8 has count as utf8mb4, like nearly all that were added in the
  /// last years.
  public init(collationID: UInt64) {
    switch collationID {
    case 1024...1279: self.init(originalCollation: collationID - 1024)  // MariaDB: the same with NO PAD
    case 2048...3327: self = Self.uca1400(collationID)
    default: self.init(originalCollation: collationID)
    }
  }

  /// MariaDB's UCA 14.0.0 collations: 256 numbers for each Unicode character set.
  private static func uca1400(_ collationID: UInt64) -> CharacterSet {
    switch (collationID - 2048) / 256 {
    case 0: .utf8mb3
    case 1: .utf8mb4
    case 2: .ucs2
    case 3: .utf16
    default: .utf32
    }
  }

  private init(originalCollation id: UInt64) {
    self =
      switch id {
      case 32, 64: .armscii8
      case 11, 65: .ascii
      case 1, 84: .big5
      case 63: .binary
      case 26, 34, 44, 66, 99: .cp1250
      case 14, 23, 50...52: .cp1251
      case 57, 67: .cp1256
      case 29, 58...59: .cp1257
      case 4, 80: .cp850
      case 40, 81: .cp852
      case 36, 68: .cp866
      case 95...96: .cp932
      case 3, 69: .dec8
      case 97...98: .eucjpms
      case 19, 85: .euckr
      case 248...250: .gb18030
      case 24, 86: .gb2312
      case 28, 87: .gbk
      case 92...93: .geostd8
      case 25, 70: .greek
      case 16, 71: .hebrew
      case 6, 72: .hp8
      case 37, 73: .keybcs2
      case 7, 74: .koi8r
      case 22, 75: .koi8u
      case 5, 8, 15, 31, 47...49, 94: .latin1
      case 2, 9, 21, 27, 77: .latin2
      case 30, 78: .latin5
      case 20, 41...42, 79: .latin7
      case 38, 43: .macce
      case 39, 53: .macroman
      case 13, 88: .sjis
      case 10, 82: .swe7
      case 18, 89: .tis620
      case 35, 90, 128...159, 640...642: .ucs2
      case 12, 91: .ujis
      case 54...55, 101...124, 672...674: .utf16
      case 56, 62: .utf16le
      case 60...61, 160...183, 736...738: .utf32
      case 33, 76, 83, 192...223, 576...579: .utf8mb3
      default: .utf8mb4
      }
  }
}
