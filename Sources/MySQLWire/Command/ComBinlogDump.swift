import Bytes

/// Asks for the events of a binlog file and of all that follow it.
///
/// `int<1> 0x12`, `int<4> binlog_pos`, `int<2> flags`, `int<4> server_id`, `string<EOF> binlog_filename`.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump.html>.
package struct ComBinlogDump {
  package let position: UInt32
  package let nonBlocking: Bool
  package let serverID: UInt32
  package let file: String

  /// Throws `positionTooLarge` beyond 4 GiB: the field has four bytes.
  package init(file: String, position: UInt64, serverID: UInt32, nonBlocking: Bool) throws(WireFailure) {
    guard let position = UInt32(exactly: position) else { throw .positionTooLarge(position) }
    self.position = position
    self.nonBlocking = nonBlocking
    self.serverID = serverID
    self.file = file
  }

  /// Send EOF at the end of the log instead of waiting for more.
  private static let nonBlockFlag: UInt16 = 0x01

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    output.append(0x12)
    output.appendLittleEndian(position)
    output.appendLittleEndian(nonBlocking ? Self.nonBlockFlag : 0)
    output.appendLittleEndian(serverID)
    output.append(file)
  }
}
