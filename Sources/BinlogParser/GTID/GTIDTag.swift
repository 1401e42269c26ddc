/// The tag of a MySQL GTID: a letter or an underscore, and up to 31 letters, digits and underscores behind it.
///
/// See <https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html>.
enum GTIDTag {
  /// Bytes of the longest tag.
  static let maximumLength = 32

  /// True if a tag may begin with `byte`, in either case.
  static func canStart(with byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
  }

  /// True if `byte` may stand in a tag, in either case.
  static func canContain(_ byte: UInt8) -> Bool {
    canStart(with: byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
  }

  /// True if `text` is a tag as the server writes it, in lower case.
  static func isValid(_ text: String) -> Bool {
    guard let first = text.utf8.first, text.utf8.count <= maximumLength, canStart(with: first) else { return false }
    return text.utf8.allSatisfy { canContain($0) && !(UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) }
  }
}
