/// The transactions that a MariaDB server has: those in its binary log, and those that it has replicated.
///
/// `@@gtid_current_pos` will not do: it leaves out what the server logged under another `server_id` than the one that it
/// has now, as after `SET server_id`, with Galera, or when the server was given another number.
public struct MariaDBGTIDState: Sendable, Equatable {
  /// The last transaction of each pair of domain and server in the log, files that were purged included.
  private let logged: [MariaDBGTIDPosition.Last]
  /// The last transaction of each domain that came by replication; in the log only with `log_slave_updates`.
  private let replicated: MariaDBGTIDPosition

  /// The state that the server prints as `@@gtid_binlog_state` and `@@gtid_slave_pos`.
  ///
  /// - Throws: `GTIDSetError` for texts that are none.
  public init(binlogState: String, slavePosition: String) throws(GTIDSetError) {
    logged = try MariaDBGTIDPosition.entries(binlogState)
    replicated = try MariaDBGTIDPosition(slavePosition)
  }

  /// Says whether the server has all transactions up to `position`.
  ///
  /// Numbers within a domain rise, but only for one server are they sure to be the same history.
  public func includes(_ position: MariaDBGTIDPosition) -> Bool {
    position.domains.allSatisfy { last in
      isLogged(last) || replicated.domains.contains { $0.domain == last.domain && $0.sequence >= last.sequence }
    }
  }

  /// Says whether the transactions at `position` are in the log, or were before it was purged.
  public func logs(_ position: MariaDBGTIDPosition) -> Bool { position.domains.allSatisfy(isLogged) }

  /// What the server has replicated and does not have in its log; empty where the log has it all.
  public var replicatedOnly: MariaDBGTIDPosition {
    var position = MariaDBGTIDPosition()
    for last in replicated.domains where !isLogged(last) {
      position.add(domain: last.domain, server: last.server, sequence: last.sequence)
    }
    return position
  }

  private func isLogged(_ last: MariaDBGTIDPosition.Last) -> Bool {
    logged.contains { $0.domain == last.domain && $0.server == last.server && $0.sequence >= last.sequence }
  }
}
