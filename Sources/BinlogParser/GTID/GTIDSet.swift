/// The transactions behind a reader, in the form of either server.
public enum GTIDSet: Sendable, Equatable {
  /// Of a MySQL server.
  case mysql(MySQLGTIDSet)
  /// Of a MariaDB server.
  case mariadb(MariaDBGTIDPosition)

  /// Reads a text of either server: MySQL's have a colon after each UUID, MariaDB's have none.
  ///
  /// - Throws: `GTIDSetError`; for a text without GTIDs too, because it belongs to neither.
  public init(_ text: String) throws(GTIDSetError) {
    var scanner = GTIDSetScanner(text)
    guard scanner.next != nil else { throw scanner.error(.empty) }
    if Self.isMySQL(text.utf8) {
      self = .mysql(try MySQLGTIDSet(text))
    } else {
      self = .mariadb(try MariaDBGTIDPosition(text))
    }
  }

  /// A UUID without numbers is MySQL's too, so that the error says what is missing.
  private static func isMySQL(_ text: String.UTF8View) -> Bool {
    let hyphens = text.prefix { $0 != UInt8(ascii: ",") }.count { $0 == UInt8(ascii: "-") }
    return text.contains(UInt8(ascii: ":")) || hyphens > 2
  }

  /// True if there is no transaction.
  public var isEmpty: Bool {
    switch self {
    case .mysql(let set): set.isEmpty
    case .mariadb(let position): position.isEmpty
    }
  }

  /// Adds a transaction. One of the other server's form, which no log of this server holds, is passed over.
  public mutating func add(_ gtid: GTID) {
    // Where `self` lets go of it first, the set is changed in place and not copied.
    switch gtid {
    case .mysql(let source, let tag, let number):
      guard case .mysql(var set) = self else { return }
      self = .mysql(MySQLGTIDSet())
      set.add(source: source, tag: tag, number: number)
      self = .mysql(set)
    case .mariadb(let domain, let server, let sequence):
      guard case .mariadb(var position) = self else { return }
      self = .mariadb(MariaDBGTIDPosition())
      position.add(domain: domain, server: server, sequence: sequence)
      self = .mariadb(position)
    }
  }

  /// True if every transaction of `other` is here; of the two forms, only an empty set is part of the other.
  public func isSuperset(of other: GTIDSet) -> Bool {
    switch (self, other) {
    case (.mysql(let set), .mysql(let other)): set.isSuperset(of: other)
    case (.mariadb(let position), .mariadb(let other)): position.isSuperset(of: other)
    default: other.isEmpty
    }
  }
}

extension GTIDSet: CustomStringConvertible {
  /// As the server prints it, on one line.
  public var description: String {
    switch self {
    case .mysql(let set): set.description
    case .mariadb(let position): position.description
    }
  }
}
