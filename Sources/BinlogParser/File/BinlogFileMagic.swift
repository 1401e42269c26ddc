import Bytes

/// The first four bytes of a binlog file.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_replication_binlog_event.html>. The InnoDB binlogs of
/// MariaDB begin with `int<4>` 0x010DFEFE: <https://mariadb.com/docs/server/server-management/server-monitoring-logs/binary-log/innodb-based-binary-log>.
public enum BinlogFileMagic {
  /// Bytes before the first event.
  public static let byteCount = 4

  /// Reads the first bytes of a file.
  ///
  /// - Throws: `BinlogError` for a file that is encrypted, is in InnoDB's format, or is no binlog.
  public static func check(_ start: RawSpan) throws(BinlogError) {
    var cursor = ByteCursor(start)
    switch try? cursor.uint32("magic") {
    case 0x6E69_62FE: return
    case 0x6E69_62FD: throw BinlogError(.file(.encrypted(by: .mysql)))
    case 0x010D_FEFE: throw BinlogError(.file(.innoDB))
    default: throw BinlogError(.file(.noMagic))
    }
  }
}
