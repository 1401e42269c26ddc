import Bytes

/// Registers this program as a replica, which the server then lists in SHOW REPLICAS.
///
/// `int<1> 0x15`, `int<4> server_id`, host, user and password, each with an `int<1>` length, `int<2> port`,
/// `int<4> replication_rank`, `int<4> master_id`. User and password are for the administrator's eyes and stay empty.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_register_replica.html>.
package struct ComRegisterSlave {
  package let serverID: UInt32
  package let hostName: String

  package init(serverID: UInt32, hostName: String) {
    self.serverID = serverID
    self.hostName = hostName
  }

  /// Appends the payload. The server refuses host names of more than 60 bytes; a longer one is cut.
  package func encode(into output: inout OutputBuffer) {
    let host = Array(hostName.utf8.prefix(60))
    output.append(0x15)
    output.appendLittleEndian(serverID)
    output.append(UInt8(truncatingIfNeeded: host.count))
    output.append(contentsOf: host)
    output.append(repeating: 0, count: 2)
    output.appendLittleEndian(UInt16(0))
    output.appendLittleEndian(UInt32(0))
    output.appendLittleEndian(UInt32(0))
  }
}
