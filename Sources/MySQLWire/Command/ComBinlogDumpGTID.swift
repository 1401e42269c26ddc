import Bytes

/// Asks a MySQL server for all transactions that are not in a GTID set, in the order of its log.
///
/// `int<1> 0x1E`, `int<2> flags`, `int<4> server_id`, `int<4>` length and `string` binlog_filename, `int<8> binlog_pos`,
/// `int<4>` length and `string` the set. File and position are of no account beside the set.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump_gtid.html>.
package struct ComBinlogDumpGTID {
  package let flags: UInt16
  package let serverID: UInt32
  /// The set as the server encodes it.
  package let gtidSet: [UInt8]

  /// With `nonBlocking` the server sends EOF at the end of the log instead of waiting for more.
  package init(gtidSet: [UInt8], serverID: UInt32, nonBlocking: Bool) {
    flags = Self.throughGTIDFlag | (nonBlocking ? Self.nonBlockFlag : 0)
    self.serverID = serverID
    self.gtidSet = gtidSet
  }

  private static let nonBlockFlag: UInt16 = 0x01
  private static let throughGTIDFlag: UInt16 = 0x04
  private static let firstPosition: UInt64 = 4

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    output.append(0x1E)
    output.appendLittleEndian(flags)
    output.appendLittleEndian(serverID)
    output.appendLittleEndian(UInt32(0))
    output.appendLittleEndian(Self.firstPosition)
    output.appendLittleEndian(UInt32(clamping: gtidSet.count))
    output.append(contentsOf: gtidSet)
  }
}
