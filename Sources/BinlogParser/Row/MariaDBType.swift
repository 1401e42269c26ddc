/// A type of MariaDB that its log does not tell from BINARY or VARBINARY, even with all metadata.
enum MariaDBType: String, Sendable {
  /// VARBINARY of four bytes for each number.
  case vector
  /// BINARY(16), in the order of the text.
  case uuid
  /// BINARY(4).
  case inet4
  /// BINARY(16).
  case inet6
}
