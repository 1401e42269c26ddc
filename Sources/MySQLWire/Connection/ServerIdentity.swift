/// Which server answers, by what it says of itself.
public struct ServerIdentity: Sendable, Equatable {
  /// MySQL's server_uuid, or MariaDB's server_uid; nil where it has none, or does not know it.
  public let uuid: String?
  /// The server's `server_id`.
  public let serverID: UInt32?

  /// What MariaDB says in place of a server_uid where it finds no network card, as in many containers.
  private static let unknown = "unknown"

  /// A server that says this of itself.
  public init(uuid: String?, serverID: UInt32?) {
    self.uuid = uuid == Self.unknown ? nil : uuid
    self.serverID = serverID
  }
}

extension ServerIdentity: CustomStringConvertible {
  /// "c0ffee00-…", or with the number, which alone tells some servers apart.
  public var description: String {
    [uuid, serverID.map { "server_id \($0)" }].compactMap { $0 }.joined(separator: ", ")
  }
}

extension Connection {
  /// Asks which server this is; what it does not tell stays nil.
  public func identity() throws(WireError) -> ServerIdentity {
    let uuid = try value(of: isMariaDB ? "@@global.server_uid" : "@@global.server_uuid")
    let number = try value(of: "@@global.server_id")
    return ServerIdentity(uuid: uuid, serverID: number.flatMap { UInt32($0) })
  }

  /// Connects once more, to `server`: behind a proxy, or a name that was moved, somebody else may answer.
  ///
  /// - Throws: `WireError`, also when that is another server.
  public convenience init(_ options: ConnectionOptions, to server: ServerIdentity) throws(WireError) {
    try self.init(options)
    try expect(server)
  }

  /// Throws unless the server is `server`; the connection is closed then.
  public func expect(_ server: ServerIdentity) throws(WireError) {
    let found = try identity()
    guard found != server else { return }
    close()
    throw refused(.otherServer(found: found, expected: server))
  }

  /// The value of one expression; nil where the server refuses to tell.
  private func value(of expression: String) throws(WireError) -> String? {
    do {
      return try query("SELECT \(expression)").rows.first?.first.flatMap { $0 }
    } catch {
      guard case .server = error.cause else { throw error }
      return nil
    }
  }
}
