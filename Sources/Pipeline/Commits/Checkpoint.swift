import BinlogParser
import Foundation
import Platform

/// What a checkpoint holds: the place up to which everything is safely written, and from which to read on.
public struct Checkpoint: Codable, Sendable, Equatable {
  /// The server that wrote the log.
  public struct Server: Codable, Sendable, Equatable {
    /// MySQL's server_uuid, or MariaDB's server_uid; nil where the server has none.
    public let uuid: String?
    /// The server's `server_id`.
    public let serverID: UInt32?
    /// The server's version.
    public let version: String

    enum CodingKeys: String, CodingKey {
      case uuid
      case serverID = "server_id"
      case version
    }

    /// A server as it describes itself.
    public init(uuid: String?, serverID: UInt32?, version: String) {
      self.uuid = uuid
      self.serverID = serverID
      self.version = version
    }

    /// What tells the server from others: its UUID, else "id" and its number; empty for files without a server.
    ///
    /// MariaDB calls itself "unknown" where it finds no network card, as in many containers: that tells no servers apart.
    public var identity: String {
      if let uuid, hasUUID { return uuid }
      return serverID.map { "id\($0)" } ?? ""
    }

    /// True where the server has a UUID that is one.
    var hasUUID: Bool { uuid != nil && uuid != Self.unknown }

    /// What MariaDB says in place of it.
    static let unknown = "unknown"

    /// True if `other` is the same server, perhaps after an upgrade.
    public func isSame(as other: Server) -> Bool { identity == other.identity }
  }

  /// A finished output file.
  public struct File: Codable, Sendable, Equatable {
    /// Where it is.
    public let path: String
    /// Its rows.
    public let rows: Int
    /// Its bytes.
    public let bytes: Int

    /// A file of so many rows and bytes.
    public init(path: String, rows: Int, bytes: Int) {
      self.path = path
      self.rows = rows
      self.bytes = bytes
    }
  }

  /// The version of this format.
  public static let currentVersion = 1

  /// The version of the format.
  public let version: Int
  /// The binlog file.
  public let binlogFile: String
  /// Where the next transaction starts in it.
  public let binlogPosition: UInt64
  /// When the binlog file was begun, in seconds since 1970, where that is known: it tells the file from one of the same name
  /// after the log was reset.
  public let binlogFileCreated: UInt32?
  /// The ids of all transactions before it, where they are known.
  public let gtidSet: String?
  /// When the last event before it happened, in seconds since 1970.
  public let eventTimestamp: UInt32
  /// The number of the last row before it (`RowSequence`); nil for none, and from versions that did not number rows.
  public let sequence: Int64?
  /// The server.
  public let server: Server
  /// The identity of the server from which the first of the output came: files of another one have names of their own.
  public let firstServer: String
  /// The output files that became complete with this checkpoint.
  public let files: [File]
  /// Names of output files of the part behind it, which are visible or not: they were being published, and a run that goes on
  /// from here removes those that are there, because it writes their rows again. Nil for none.
  public internal(set) var unfinished: [String]?
  /// The last part's files in Delta tables, where there are any: a run that goes on from here adds it to those that lack it.
  public internal(set) var delta: DeltaPart?
  /// What tells the checkpoint from others with the same contents, where that matters.
  public private(set) var claim: String?

  enum CodingKeys: String, CodingKey {
    case version
    case binlogFile = "binlog_file"
    case binlogPosition = "binlog_position"
    case binlogFileCreated = "binlog_file_created"
    case gtidSet = "gtid_set"
    case eventTimestamp = "event_timestamp"
    case sequence = "seq"
    case server
    case firstServer = "first_server"
    case files
    case unfinished
    case delta
    case claim
  }

  /// The checkpoint of `boundary`.
  public init(_ boundary: ResumePoint, server: Server, firstServer: String, files: [File]) {
    version = Self.currentVersion
    binlogFile = boundary.position.file
    binlogPosition = boundary.position.offset
    binlogFileCreated = boundary.fileCreated > 0 ? boundary.fileCreated : nil
    gtidSet = boundary.gtids.map(\.description)
    eventTimestamp = boundary.timestamp
    sequence = boundary.sequence > 0 ? boundary.sequence : nil
    self.server = server
    self.firstServer = firstServer
    self.files = files
  }

  /// The same checkpoint, in words that no other run has written.
  public var claimed: Checkpoint {
    var checkpoint = self
    checkpoint.claim = Nonce.make()
    return checkpoint
  }

  /// The identity of the first server; where that was told as "unknown", nothing told it from the last one.
  var identityOfFirstServer: String { firstServer == Server.unknown ? server.identity : firstServer }

  /// Where to read on.
  public var position: BinlogPosition { BinlogPosition(file: binlogFile, offset: binlogPosition) }
}
