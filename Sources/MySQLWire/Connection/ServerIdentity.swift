/// Which server answers, by what it says of itself.
public struct ServerIdentity: Sendable, Equatable {
  /// MySQL's server_uuid, or MariaDB's server_uid; nil where it has none, or does not know it.
  public let uuid: String?
  /// The server's `server_id`.
  public let serverID: UInt32?

  /// MariaDB's word in place of a server_uid where it finds no network card, as in many containers.
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
