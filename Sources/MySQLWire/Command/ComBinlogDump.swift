import Bytes

/// Asks for the events of a binlog file and of all that follow it.
///
/// `int<1> 0x12`, `int<4> binlog_pos`, `int<2> flags`, `int<4> server_id`, `string<EOF> binlog_filename`.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html>.
package struct ComBinlogDump {
  package let position: UInt32
  package let flags: UInt16
  package let serverID: UInt32
  package let file: String

  /// Throws `positionTooLarge` beyond 4 GiB: the field has four bytes.
  ///
  /// With `nonBlocking` the server sends EOF at the end of the log instead of waiting for more. With `annotateRows`
  /// MariaDB sends ANNOTATE_ROWS events too: events in a MariaDB 11.4 transaction tell no position, so that theirs can
  /// be counted only when no event between them is left out.
  package init(
    file: String, position: UInt64, serverID: UInt32, nonBlocking: Bool, annotateRows: Bool = false
  ) throws(WireFailure) {
    guard let position = UInt32(exactly: position) else { throw .positionTooLarge(position) }
    self.position = position
    flags = (nonBlocking ? Self.nonBlockFlag : 0) | (annotateRows ? Self.annotateRowsFlag : 0)
    self.serverID = serverID
    self.file = file
  }

  private static let nonBlockFlag: UInt16 = 0x01
  private static let annotateRowsFlag: UInt16 = 0x02

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    output.append(0x12)
    output.appendLittleEndian(position)
    output.appendLittleEndian(flags)
    output.appendLittleEndian(serverID)
    output.append(file)
  }
}
