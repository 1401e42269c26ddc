import MySQLWire

/// Which server to read from, as whom, and how long to wait for it.
package struct ServerSettings: Sendable {
  /// A host name, an IPv4 or an IPv6 address.
  package let host: String
  /// The TCP port.
  package let port: UInt16
  /// The account; empty is the anonymous one.
  package let user: String
  /// The account's password; empty is none.
  package let password: Secret
  /// What is wrong with the permissions of the password's own file, if anything is.
  let passwordFileWarning: String?
  /// The initial schema.
  package let database: String?
  /// The replica id that the reader registers with.
  package let serverID: UInt32
  /// True if the configuration gives it; else it is random.
  package let hasOwnServerID: Bool
  /// How long a connection may take to be made.
  package let connectTimeoutSeconds: Int
  /// How long the server may be silent; it is asked for a heartbeat after half of this.
  package let readTimeoutSeconds: Int

  /// How long an outage may last before the run gives up, 0 for ever; nil where the range decides.
  package let maxReconnectSeconds: Int?
  /// How often a live run says how far it is behind; 0 is never.
  package let lagIntervalSeconds: Int

  init(_ reader: inout ConfigurationReader, environmentPassword: String?, isNeeded: Bool) {
    if isNeeded {
      reader.require(.host)
      reader.require(.port)
    }
    host = Self.host(&reader)
    port = UInt16(reader.count(.port))
    user = reader.string(.user) ?? ""
    let passwordFile = PasswordFile(&reader)
    passwordFileWarning = passwordFile?.warning
    password =
      reader.string(.password).map { Secret($0) } ?? passwordFile?.password ?? Secret(environmentPassword ?? "")
    database = reader.text(.database)
    let given = reader.integer(.serverID).map { UInt32($0) }
    serverID = given ?? .random(in: Self.randomServerIDs)
    hasOwnServerID = given != nil
    connectTimeoutSeconds = reader.count(.connectTimeoutSeconds)
    readTimeoutSeconds = reader.count(.readTimeoutSeconds)
    maxReconnectSeconds = reader.integer(.maxReconnectSeconds).map { Int($0) }
    lagIntervalSeconds = reader.count(.lagIntervalSeconds)
  }

  /// Replica ids that people do not give to servers: the upper half.
  static let randomServerIDs: ClosedRange<UInt32> = 0x8000_0000...0xFFFF_FFFE

  private static func host(_ reader: inout ConfigurationReader) -> String {
    guard let host = reader.string(.host) else { return "" }
    if let fault = HostName.fault(in: host) { reader.report(.host, fault) }
    return host
  }
}
