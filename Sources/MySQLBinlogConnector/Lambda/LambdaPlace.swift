import BinlogParser
import Pipeline

/// Where an invocation begins or began: `start` and `next` of events and responses.
///
///     {"file": "binlog.000042", "pos": 1234}            a position
///     {"gtid_set": "uuid:1-100"}                        behind these transactions
///     {"file", "pos", "gtid_set", "seq", "server"}      where an invocation ended, and on which server
package struct LambdaPlace: Sendable, Equatable, Encodable {
  /// What the place means for a run.
  package enum Place: Sendable, Equatable {
    /// An event's position.
    case position(BinlogPosition)
    /// Behind these transactions; nil for the oldest one that the server has.
    case gtids(GTIDSet?)
    /// Where another run ended.
    case reached(Checkpoint)
  }

  /// `file`: the binlog file.
  private let file: String?
  /// `pos`: bytes from its start.
  private let pos: UInt64?
  /// `gtid_set`: the ids of all transactions before the place, where they are known.
  private let gtidSet: String?
  /// `seq`: the number of the last row before the place (`RowSequence`).
  private let seq: Int64?
  /// `server`: the server whose log it is.
  private let server: Checkpoint.Server?
  /// What the place means for a run.
  package let place: Place

  enum CodingKeys: String, CodingKey {
    case file, pos, seq
    case gtidSet = "gtid_set"
    case server
  }

  /// The place `start` of the log of `server`.
  init(_ start: ResumePoint, _ server: Checkpoint.Server) {
    seq = start.sequence > 0 ? start.sequence : nil
    gtidSet = start.gtids?.description
    if start.isByGTID {
      file = nil
      pos = nil
      self.server = nil
      place = .gtids(start.gtids)
    } else {
      file = start.position.file
      pos = start.position.offset
      self.server = server
      place = .reached(Self.checkpoint(start.position, start.gtids, server, seq))
    }
  }

  /// Reads the object; nil for a wrong one, after that was reported.
  init?(_ reader: inout EventReader) {
    file = reader.string("file")
    pos = reader.integer("pos", in: BinlogRange.positions).map { UInt64($0) }
    gtidSet = reader.string("gtid_set")
    seq = reader.integer("seq", in: 0...Int64.max)
    server = reader.object("server") { Checkpoint.Server(&$0) }
    guard let gtids = Self.gtids(gtidSet, &reader), reader.problems.isEmpty else { return nil }
    switch (file, pos, server) {
    case (let file?, let pos?, let server):
      guard BinlogRange.isFileName(file) else {
        reader.report("file", "must be a file name like binlog.000001, is \(file.quotedForMessage)")
        return nil
      }
      let position = BinlogPosition(file: file, offset: pos)
      if let server {
        place = .reached(Self.checkpoint(position, gtids.set, server, seq))
      } else if gtidSet == nil {
        place = .position(position)
      } else {
        reader.report("has a position and a gtid_set, and no server beside them: give one of the two")
        return nil
      }
    case (nil, nil, nil) where gtidSet != nil: place = .gtids(gtids.set)
    default:
      reader.report("must have file and pos, or gtid_set")
      return nil
    }
  }

  /// The set that `text` means, nil for an empty one; nil for a wrong text, after that was reported.
  private static func gtids(_ text: String?, _ reader: inout EventReader) -> (set: GTIDSet?, Void)? {
    guard let text, !text.isEmpty else { return (nil, ()) }
    do throws(GTIDSetError) { return (try GTIDSet(text), ()) } catch {
      reader.report("gtid_set", "is no GTID set: \(error)")
      return nil
    }
  }

  private static func checkpoint(
    _ position: BinlogPosition, _ gtids: GTIDSet?, _ server: Checkpoint.Server, _ sequence: Int64?
  ) -> Checkpoint {
    Checkpoint(
      ResumePoint(
        at: position, gtids: gtids, timestamp: 0, fileCreated: 0, sequence: sequence ?? 0), server: server,
      firstServer: server.identity, files: [])
  }
}

extension Checkpoint.Server {
  /// Reads the object.
  fileprivate init(_ reader: inout EventReader) {
    self.init(
      uuid: reader.string("uuid"), serverID: reader.integer("server_id", in: 0...Int64(UInt32.max)).map { UInt32($0) },
      version: reader.string("version") ?? "")
  }
}
