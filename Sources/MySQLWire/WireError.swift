/// What was being done with which server, and what went wrong: the error of everything public in this library.
public struct WireError: Error, Sendable, Equatable {
  /// What was being done.
  public enum Activity: Sendable, Equatable {
    /// Looking up the host's addresses.
    case resolve
    /// Opening the TCP connection.
    case connect
    /// The TLS handshake.
    case tls
    /// The greeting and the authentication.
    case login
    /// A statement.
    case query(String)
    /// COM_REGISTER_SLAVE.
    case registerReplica
    /// Setting the session variables of a dump.
    case prepareDump
    /// A binlog dump from this place, up to its end.
    case dump(DumpStart)
    /// Reading an event where no dump is under way.
    case readEvent
  }

  /// What kind of trouble: decides the exit code and whether it makes sense to try again.
  public enum Category: Sendable, Equatable {
    /// The server cannot be reached or the connection was lost: trying again may help.
    case unreachable
    /// The server does not let this user in, or not do this.
    case loginRefused
    /// The options cannot work: a file, a mode, or a server_id in use.
    case configuration
    /// What came does not follow the protocol.
    case protocolViolation
    /// The interrupt source was triggered.
    case interrupted
    /// The server's binlog does not have, or does not give, what was asked for.
    case serverData
  }

  /// What was being done.
  public let activity: Activity
  /// The configured host name or address.
  public let host: String
  /// The configured port.
  public let port: Int
  /// The configured user.
  public let user: String
  /// What went wrong.
  public let cause: WireFailure

  /// An error of `cause` during `activity`.
  package init(_ activity: Activity, host: String, port: Int, user: String, _ cause: WireFailure) {
    self.activity = activity
    self.host = host
    self.port = port
    self.user = user
    self.cause = cause
  }

  /// An error of `cause` during `activity` on the connection that `options` describe.
  init(_ activity: Activity, _ options: ConnectionOptions, _ cause: WireFailure) {
    self.init(activity, host: options.host, port: options.port, user: options.user, cause)
  }

  /// "host:port", an IPv6 address in brackets.
  public var server: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }
}

extension WireError: CustomStringConvertible {
  /// One sentence: what failed, on which server, and why.
  public var description: String { "\(attempt): \(cause)" }

  private var attempt: String {
    switch activity {
    case .resolve: "cannot find \(server)"
    case .connect: "cannot connect to \(server)"
    case .tls: "cannot encrypt the connection to \(server)"
    case .login: "cannot log in to \(server) as '\(user)'"
    case .query(let statement): "statement \"\(Self.shortened(statement))\" on \(server)"
    case .registerReplica: "cannot register as a replica of \(server)"
    case .prepareDump: "cannot prepare the binlog dump from \(server)"
    case .dump(let start): "binlog dump from \(server), begun at \(start)"
    case .readEvent: "no binlog dump from \(server) is under way"
    }
  }

  /// A statement may be long, and may hold what does not belong in a log beyond its beginning.
  private static func shortened(_ statement: String) -> String {
    statement.count > 80 ? statement.prefix(79) + "…" : statement
  }
}

/// Error numbers of the server that mean something to this library.
///
/// See <https://dev.mysql.com/doc/mysql-errors/9.7/en/server-error-reference.html>.
package enum ServerErrorCode {
  package static let tooManyConnections: UInt16 = 1040
  package static let databaseAccessDenied: UInt16 = 1044
  package static let accessDenied: UInt16 = 1045
  package static let unknownDatabase: UInt16 = 1049
  package static let serverShutdown: UInt16 = 1053
  package static let abortingConnection: UInt16 = 1152
  package static let hostBlocked: UInt16 = 1129
  package static let hostNotPrivileged: UInt16 = 1130
  package static let tableAccessDenied: UInt16 = 1142
  package static let unknownSystemVariable: UInt16 = 1193
  package static let tooManyUserConnections: UInt16 = 1203
  package static let specificAccessDenied: UInt16 = 1227
  package static let masterFatalReadingBinlog: UInt16 = 1236
  package static let notSupportedAuthMode: UInt16 = 1251
  package static let queryInterrupted: UInt16 = 1317
  package static let accessDeniedNoPassword: UInt16 = 1698
  package static let mustChangePassword: UInt16 = 1820
  package static let mustChangePasswordLogin: UInt16 = 1862
  package static let connectionKilled: UInt16 = 1927
  package static let accountLocked: UInt16 = 3118
  package static let secureTransportRequired: UInt16 = 3159
  package static let noBinlog: UInt16 = 1373
  /// MariaDB's.
  package static let sameReplicaID: UInt16 = 4052
}
