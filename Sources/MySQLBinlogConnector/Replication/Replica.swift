import BinlogParser
import Bytes
import Foundation
import Logging
import MySQLWire
import Platform

/// This program as a replica of the configured server: connects, registers, and asks for events.
///
/// All connections of a run have one replica UUID, by which the server ends a dump of the same replica that it has not
/// yet noticed to be dead.
final class Replica {
  /// A dump that has begun, and the server that gives it.
  struct Dump {
    let connection: Connection
    let facts: ServerFacts
    let checksum: EventChecksum
  }

  let interrupt: InterruptSource
  private let configuration: Configuration
  private let timeLimit: TimeLimit?
  private let uuid = DumpSettings.randomUUID()
  private var serverID: UInt32
  private let log = Logger(label: "connection")

  /// A replica whose waits `interrupt` ends, and which has `timeLimit`.
  init(_ configuration: Configuration, _ interrupt: InterruptSource, _ timeLimit: TimeLimit?) {
    self.configuration = configuration
    self.timeLimit = timeLimit
    self.interrupt = interrupt
    serverID = configuration.server.serverID
  }

  /// Takes another replica id, unless the configuration gives one.
  ///
  /// MariaDB keeps a new dump waiting for an old one of the same id, which may hang in a write to a dead connection for
  /// as long as `net_write_timeout`.
  func renewServerID() {
    if !configuration.server.hasOwnServerID { serverID = .random(in: ServerSettings.randomServerIDs) }
  }

  /// Connects and logs in.
  func connect() throws(WireError) -> Connection {
    let server = configuration.server
    let main = Logger(label: "main")
    let tls = configuration.tls
    if tls.caFile != nil, tls.mode == .preferred || tls.mode == .required {
      log.warning("ssl_ca is not used with ssl_mode \(tls.mode.rawValue): set verify_ca or verify_identity")
    }
    main.info("connecting to MySQL server at \(server.host):\(server.port)")
    var options = connectionOptions(interrupt: interrupt)
    options.notice = { [log] in log.log(level: $0.isWarning ? .warning : .info, "\($0)") }
    let connection = try Connection(options)
    let encryption = connection.tlsVersion ?? "not encrypted"
    main.info(
      "connected successfully: server_version=\(connection.serverVersion) connection_id=\(connection.connectionID) \(encryption)"
    )
    return connection
  }

  /// Asks for the events from `start` on; registers first where this is the run's own stream.
  ///
  /// - Returns: how the server secures the events.
  func beginDump(
    _ connection: Connection, from start: ResumePoint, nonBlocking: Bool, isRegistered: Bool = true
  ) throws(WireError) -> EventChecksum {
    let server = configuration.server
    let checksum = try connection.prepareBinlogDump(
      heartbeatSeconds: Double(server.readTimeoutSeconds) / 2,
      replicaUUID: isRegistered ? uuid : DumpSettings.randomUUID())
    let id = isRegistered ? serverID : .random(in: ServerSettings.randomServerIDs)
    if isRegistered {
      try connection.registerReplica(serverID: id, hostName: ProcessInfo.processInfo.hostName)
    }
    try connection.startBinlogDump(from: DumpStart(start), serverID: id, nonBlocking: nonBlocking)
    return checksum.uppercased() == "CRC32" ? .crc32 : .none
  }

  /// Closes the connection. A dump on it is ended at the server too, which would notice only with its next event.
  ///
  /// That takes a second connection, which may lead elsewhere: the dump is ended where it is found by its lock, else it is
  /// left alone.
  ///
  /// A run whose time is over leaves that: its dump does not wait for events, and notices by itself.
  func end(_ connection: Connection) {
    let lock = connection.isDumping ? connection.dumpLock : nil
    connection.close()
    let seconds = min(Self.endSeconds, timeLimit?.wholeSecondsLeft ?? Self.endSeconds)
    guard let lock, seconds > 0 else { return }
    var options = connectionOptions(interrupt: nil)
    options.connectTimeoutSeconds = min(options.connectTimeoutSeconds, seconds)
    options.readTimeoutSeconds = seconds
    do throws(WireError) {
      let other = try Connection(options)
      defer { other.close() }
      if try !other.killDump(holding: lock) { log.debug("the dump is not found at the server that answers") }
    } catch {
      // The server may be gone, or may have noticed by now: it ends the dump by itself then.
      log.debug("the dump was not ended at the server: \(error)")
    }
  }

  /// How long to try to end a dump at the server.
  private static let endSeconds = 2

  /// How to connect; a connection without `interrupt` outlives a stop signal.
  func connectionOptions(interrupt: InterruptSource?) -> ConnectionOptions {
    let server = configuration.server
    return ConnectionOptions(
      host: server.host, port: Int(server.port), user: server.user, password: server.password,
      database: server.database, tls: configuration.tls,
      connectTimeoutSeconds: server.connectTimeoutSeconds, readTimeoutSeconds: server.readTimeoutSeconds,
      maxEventBytes: configuration.maxEventBytes, interrupt: interrupt)
  }
}

extension DumpStart {
  /// The start as the server is asked for it.
  init(_ start: ResumePoint) {
    switch start.gtids {
    case .mysql(let set) where start.isByGTID:
      var encoded = OutputBuffer()
      set.encode(into: &encoded)
      self = .gtidSet(encoded: encoded.bytes.array, text: set.description)
    case .mariadb(let position) where start.isByGTID: self = .gtidPosition(position.description)
    default: self = .position(file: start.position.file, offset: start.position.offset)
    }
  }
}
