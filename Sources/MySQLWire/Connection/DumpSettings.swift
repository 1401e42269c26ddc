/// The session variables that a binlog dump obeys, under their names before and after MySQL 8.0.26.
///
/// See <https://dev.mysql.com/doc/refman/9.7/en/replication-options-replica.html> and
/// <https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol>.
package struct DumpSettings {
  package let heartbeatSeconds: Double
  package let replicaUUID: String
  package let isMariaDB: Bool

  package init(heartbeatSeconds: Double, replicaUUID: String, isMariaDB: Bool) {
    self.heartbeatSeconds = heartbeatSeconds
    self.replicaUUID = replicaUUID
    self.isMariaDB = isMariaDB
  }

  /// The server's limit of the heartbeat period, in seconds.
  private static let longestHeartbeat = 4_294_967.0

  /// The heartbeat period as the server wants it: nanoseconds.
  package var heartbeatNanoseconds: UInt64 {
    guard heartbeatSeconds > 0 else { return 0 }
    return UInt64(min(max(heartbeatSeconds, 0.001), Self.longestHeartbeat) * 1e9)
  }

  /// The statements to run, in order. A user variable that a server does not know does no harm.
  package var statements: [String] {
    let uuid = replicaUUID.filter { $0.isHexDigit || $0 == "-" }
    let period = heartbeatNanoseconds
    var statements = [
      "SET @master_heartbeat_period = \(period), @source_heartbeat_period = \(period)",
      "SET @slave_uuid = '\(uuid)', @replica_uuid = '\(uuid)'",
    ]
    // 4: understands GTID events. A lesser replica gets dummy events in their place.
    if isMariaDB { statements.append("SET @mariadb_slave_capability = 4") }
    return statements
  }

  /// What makes the next dump of a MariaDB server begin behind `position`, a list of GTIDs.
  package static func connectState(_ position: String) -> [String] {
    let position = position.filter { $0.isNumber || $0 == "-" || $0 == "," }
    return [
      "SET @slave_connect_state = '\(position)'", "SET @slave_gtid_strict_mode = 0",
      "SET @slave_gtid_ignore_duplicates = 0",
    ]
  }

  /// Says that checksums are understood, without which a server that writes them refuses the dump.
  package static let checksumStatement =
    "SET @master_binlog_checksum = @@global.binlog_checksum, @source_binlog_checksum = @@global.binlog_checksum"

  /// What the session said: the global variable may have changed since.
  package static let checksumQuery = "SELECT @master_binlog_checksum"

  /// A random UUID (version 4).
  package static func randomUUID() -> String {
    var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max) }
    bytes[6] = bytes[6] & 0x0F | 0x40
    bytes[8] = bytes[8] & 0x3F | 0x80
    let digits = bytes.map { byte in (byte < 16 ? "0" : "") + String(byte, radix: 16) }
    let groups = [0..<4, 4..<6, 6..<8, 8..<10, 10..<16]
    return groups.map { digits[$0].joined() }.joined(separator: "-")
  }
}
