import BinlogParser

/// Where an invocation is to end: `stop` of events.
///
///     {"file": "binlog.000042", "pos": 1234}    the event that ends here is the last one; without pos, the file's last
///     {"gtid_set": "uuid:1-100"}                when all of these transactions have been received
///     {"timestamp": 1700000000}                 before the first transaction of this time or later
package enum LambdaStop: Sendable, Equatable {
  case position(file: String, offset: UInt64?)
  case gtids(GTIDSet)
  /// In seconds since 1970.
  case timestamp(UInt32)

  /// Reads the object; nil for a wrong one, after that was reported.
  init?(_ reader: inout EventReader) {
    let file = reader.string("file")
    let pos = reader.integer("pos", in: BinlogRange.positions).map { UInt64($0) }
    let gtidSet = reader.string("gtid_set")
    let time = Self.seconds(&reader)
    guard reader.problems.isEmpty else { return nil }
    switch (file, pos, gtidSet, time) {
    case (let file?, let pos, nil, nil):
      guard BinlogRange.isFileName(file) else {
        reader.report("file", "must be a file name like binlog.000001, is \(file.quotedForMessage)")
        return nil
      }
      self = .position(file: file, offset: pos)
    case (nil, nil, let text?, nil):
      do throws(GTIDSetError) { self = .gtids(try GTIDSet(text)) } catch {
        reader.report("gtid_set", "is no GTID set: \(error)")
        return nil
      }
    case (nil, nil, nil, let time?): self = .timestamp(time)
    default:
      reader.report("must have one of file (with pos), gtid_set and timestamp")
      return nil
    }
  }

  /// Seconds since 1970, or "2026-01-31T10:00:00Z".
  private static func seconds(_ reader: inout EventReader) -> UInt32? {
    guard let value = reader.take("timestamp") else { return nil }
    switch value {
    case .integer(let number) where UInt32(exactly: number) != nil: return UInt32(number)
    case .string(let text) where UTCTime.seconds(text) != nil: return UTCTime.seconds(text)
    default:
      reader.report(
        "timestamp",
        "must be seconds since 1970, or a time like 2026-01-31T10:00:00Z, is \(value.shortDescription)")
      return nil
    }
  }
}

extension LambdaStop: Encodable {
  enum CodingKeys: String, CodingKey {
    case file, pos
    case gtidSet = "gtid_set"
    case timestamp
  }

  package func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: CodingKeys.self)
    switch self {
    case .position(let file, let offset):
      try container.encode(file, forKey: .file)
      try container.encodeIfPresent(offset, forKey: .pos)
    case .gtids(let gtids): try container.encode(gtids.description, forKey: .gtidSet)
    case .timestamp(let seconds): try container.encode(seconds, forKey: .timestamp)
    }
  }
}
