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
