/// Where a reader of a MariaDB server is: the last GTID of each replication domain.
///
/// See <https://mariadb.com/docs/server/ha-and-performance/standard-replication/gtid>.
public struct MariaDBGTIDPosition: Sendable, Equatable {
  /// The last transaction of one domain.
  struct Last: Sendable, Equatable {
    let domain: UInt32
    var server: UInt32
    var sequence: UInt64
  }

  /// Sorted by domain, one for each.
  private(set) var domains: [Last] = []

  /// The position before all transactions.
  public init() {}

  /// The position at the end of the files before the one that holds `event`.
  ///
  /// The event has an entry for each domain and server; the server writes that of a domain's last transaction last.
  public init(_ event: MariaDBGTIDListEvent) {
    self.init(
      event.entries.lazy.map { Last(domain: $0.domainID, server: $0.serverID, sequence: $0.sequenceNumber) })
  }

  /// The position in which each domain's transaction is the one that `named` has last, in O(n log n).
  private init(_ named: some Sequence<Last>) {
    var last: [UInt32: Last] = [:]
    for one in named { last[one.domain] = one }
    domains = last.values.sorted { $0.domain < $1.domain }
  }

  /// True if there is no transaction.
  public var isEmpty: Bool { domains.isEmpty }

  /// Moves past a transaction: it is now the last one of its domain, whatever its number.
  ///
  /// - Complexity: O(log d) in the number of domains, without allocation, for a domain that is known.
  public mutating func add(domain: UInt32, server: UInt32, sequence: UInt64) {
    let index = index(of: domain)
    let last = Last(domain: domain, server: server, sequence: sequence)
    if index < domains.count, domains[index].domain == domain {
      domains[index] = last
    } else {
      domains.insert(last, at: index)
    }
  }

  /// True if every domain of `other` is known here with a number that is at least as high.
  public func isSuperset(of other: MariaDBGTIDPosition) -> Bool {
    other.domains.allSatisfy { last in
      let index = index(of: last.domain)
      return index < domains.count && domains[index].domain == last.domain && domains[index].sequence >= last.sequence
    }
  }

  /// Where `domain` is, or belongs.
  private func index(of domain: UInt32) -> Int {
    var low = 0
    var high = domains.count
    while low < high {
      let middle = (low + high) / 2
      if domains[middle].domain < domain { low = middle + 1 } else { high = middle }
    }
    return low
  }
}

extension MariaDBGTIDPosition: CustomStringConvertible {
  /// Reads what `@@gtid_slave_pos`, `@@gtid_binlog_pos` and `@@gtid_current_pos` print: "0-1-100,1-2-7".
  ///
  /// White space may stand between the parts. `@@gtid_binlog_state` names several servers of one domain; as in its
  /// GTID_LIST, the last one named counts.
  ///
  /// - Throws: `GTIDSetError` for any other text.
  public init(_ text: String) throws(GTIDSetError) {
    self.init(try Self.entries(text))
  }

  /// The ids that `text` names, in its order.
  static func entries(_ text: String) throws(GTIDSetError) -> [Last] {
    var entries: [Last] = []
    var scanner = GTIDSetScanner(text)
    guard scanner.next != nil else { return [] }
    repeat {
      let domain = try scanner.number(in: 0...UInt64(UInt32.max))
      guard scanner.take("-") else { throw scanner.error(.expectedHyphen) }
      let server = try scanner.number(in: 0...UInt64(UInt32.max))
      guard scanner.take("-") else { throw scanner.error(.expectedHyphen) }
      let sequence = try scanner.number(in: 0...UInt64.max)
      entries.append(Last(domain: UInt32(domain), server: UInt32(server), sequence: sequence))
    } while scanner.take(",")
    guard scanner.next == nil else { throw scanner.error(.expectedComma) }
    return entries
  }

  /// As the server prints it, sorted by domain: "0-1-100,1-2-7".
  public var description: String {
    domains.map { "\($0.domain)-\($0.server)-\($0.sequence)" }.joined(separator: ",")
  }
}
