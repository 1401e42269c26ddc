/// A global transaction id: the name that a transaction has on every server of a replication topology.
///
/// See <https://dev.mysql.com/doc/refman/9.7/en/replication-gtids-concepts.html> and
/// <https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid>.
public enum GTID: Sendable, Hashable, CustomStringConvertible {
  /// MySQL's: the server that committed the transaction first, a tag (empty for none, else in lower case), and the
  /// transaction's number there, from 1 on, among those of its tag.
  case mysql(source: UUIDBytes, tag: String, number: UInt64)
  /// MariaDB's: the replication domain, the server that committed the transaction first, and the transaction's number
  /// in its domain.
  case mariadb(domain: UInt32, server: UInt32, sequence: UInt64)

  /// "uuid:5", "uuid:tag:5" or "0-1-5".
  public var description: String {
    switch self {
    case .mysql(let source, "", let number): "\(source):\(number)"
    case .mysql(let source, let tag, let number): "\(source):\(tag):\(number)"
    case .mariadb(let domain, let server, let sequence): "\(domain)-\(server)-\(sequence)"
    }
  }
}
