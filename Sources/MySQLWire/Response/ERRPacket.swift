import Bytes

/// The server's refusal.
///
/// `int<1> 0xFF`, `int<2> error_code`, `string[1] '#'` and `string[5] sql_state` (both absent before the login),
/// `string<EOF> error_message`. See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_basic_err_packet.html>.
public struct ERRPacket: Sendable, Equatable, CustomStringConvertible {
  /// `int<2>`: 1045 is "access denied".
  public let code: UInt16
  /// Five characters; "HY000" where the server sends none.
  public let sqlState: String
  /// The server's own text, or its beginning; bytes that are not UTF-8 are replaced.
  public let message: String

  /// An error with these parts.
  public init(code: UInt16, sqlState: String, message: String) {
    self.code = code
    self.sqlState = sqlState
    self.message = message
  }

  /// Decodes a whole payload.
  package init(_ payload: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(payload)
    guard try cursor.uint8("header") == Self.header else { throw DecodeError(.invalid, at: 0, "header") }
    code = try cursor.uint16("error_code")
    if cursor.remaining > 0, payload[byteAt: cursor.offset] == UInt8(ascii: "#") {
      try cursor.skip(1, "sql_state_marker")
      sqlState = printable(try cursor.bytes(5, "sql_state"))
    } else {
      sqlState = "HY000"
    }
    message = printable(cursor.rest())
  }

  /// The first byte.
  package static let header: UInt8 = 0xFF

  /// "ERROR 1045 (28000): Access denied …", as the mysql client prints it.
  public var description: String { "ERROR \(code) (\(sqlState)): \(message)" }
}

/// The longest text from a server that is shown whole; its own messages have at most 512 bytes.
private let printableLimit = 2048

/// The text of `bytes` without characters that forge lines of a log, drive a terminal or turn a line around; its beginning,
/// where it is long.
func printable(_ bytes: RawSpan) -> String {
  let shown = bytes.extracting(first: min(bytes.byteCount, printableLimit)).utf8String
  let text = String(String.UnicodeScalarView(shown.unicodeScalars.map { $0.steersTerminal ? " " : $0 }))
  return bytes.byteCount > printableLimit ? "\(text)… (\(bytes.byteCount) bytes)" : text
}
