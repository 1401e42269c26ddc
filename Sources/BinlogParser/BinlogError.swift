import Bytes

/// Bytes of a binary log that are not what they must be: which, where, and in which event, table and column.
public struct BinlogError: Error, Sendable {
  /// What is wrong.
  public enum Cause: Sendable, Equatable {
    /// A field of the event could not be read.
    case decode(DecodeError)
    /// The CRC-32 at the end of the event is not that of its bytes.
    case checksumMismatch
    /// Rows of a table whose TABLE_MAP was not in the range that was read.
    case missingTableMap(tableID: UInt64)
    /// The rows event has another number of columns than the table map.
    case columnCountMismatch(rows: Int, tableMap: Int)
    /// A real event in a stream in which no FORMAT_DESCRIPTION came first.
    case missingFormatDescription
    /// The event lies before the end of the one before it.
    case positionWentBackwards(from: UInt64)
    /// A dump began with the event that says that MariaDB's log is encrypted, which the server cannot send on from there.
    case startsAtEncryption
    /// The server says that it lost events here.
    case incident
    /// The rows' TABLE_MAP is of a server before MySQL 5.1 was released, and does not say how to read them.
    case undescribedColumns
    /// The column's type cannot be read by this version.
    case unsupportedColumnType(UInt8)
    /// A temporal column of MariaDB, of a type without fraction, whose values can have one: nothing tells how long.
    case hiddenFractions
    /// The event has `size` bytes, or its compressed part stands for so many, which is more than `max_event_bytes`.
    case eventTooLarge(size: Int, limit: Int)
    /// The file as a whole cannot be read.
    case file(BinlogFileProblem)
  }

  /// What is wrong.
  public let cause: Cause
  /// The binlog file.
  public var file = ""
  /// Where the event starts in the file.
  public var position: UInt64 = 0
  /// The event's type.
  public var eventType: EventType?
  /// "schema.table", where known.
  public var table: String?
  /// The column's name or number, where known.
  public var column: String?

  /// An error that knows its cause only; the layers above add the place.
  public init(_ cause: Cause) { self.cause = cause }

  init(_ error: DecodeError) { self.init(.decode(error)) }
}

extension BinlogError: CustomStringConvertible {
  /// "binlog.000001:4242: UPDATE_ROWS of shop.orders, column amount: invalid DECIMAL digits at offset 57".
  public var description: String {
    var place = file.isEmpty ? "" : "\(file):\(position): "
    if case .file = cause, eventType == nil { return place + reason }
    place += eventType?.description ?? "event"
    if let table { place += " of \(table)" }
    if let column { place += ", column \(column)" }
    return "\(place): \(reason)"
  }

  private var reason: String {
    switch cause {
    case .decode(let error): error.description
    case .checksumMismatch: "the CRC-32 checksum does not match the event's bytes"
    case .missingTableMap(let id): "table id \(id) has no TABLE_MAP event in the range"
    case .columnCountMismatch(let rows, let map): "\(rows) columns in the rows, \(map) in the table map"
    case .missingFormatDescription: "no FORMAT_DESCRIPTION event came before it"
    case .positionWentBackwards(let previous): "it starts before the end of the event before it (\(previous))"
    case .startsAtEncryption: "the server cannot send an encrypted log from the place of this event on"
    case .incident: "the server lost events at this place, so the log does not hold all changes"
    case .undescribedColumns:
      "the TABLE_MAP of this server, from before MySQL 5.1 was released, says neither which columns may be NULL nor how"
        + " long they are"
    case .unsupportedColumnType(0): "DECIMAL columns made by MySQL 4.1 or earlier cannot be read"
    case .unsupportedColumnType(let code): "this version cannot read column type \(code)"
    case .hiddenFractions:
      "the column was made with mysql56_temporal_format=OFF, and its values can have fractions of a second, of which the log"
        + " does not tell how long they are"
    case .eventTooLarge(let size, let limit): "\(size) bytes are more than max_event_bytes (\(limit))"
    case .file(let problem): problem.description
    }
  }

  /// What a person can do about it.
  public var hint: String {
    switch cause {
    case .file(let problem): problem.hint
    case .checksumMismatch:
      "compare with mysqlbinlog --verify-binlog-checksum; a damaged file must be restored from another replica"
    case .missingTableMap:
      "start at an earlier from_binlog_position, at a transaction's first event"
    case .startsAtEncryption: "begin behind this event, or at 4"
    case .incident:
      "take a new copy of the tables, then start behind this event"
    case .eventTooLarge: "raise max_event_bytes if the log really holds such events"
    case .unsupportedColumnType:
      "exclude the table, or turn the server setting off that writes such events"
    case .hiddenFractions:
      "if the column has no fraction, set column_names to lookup, so that the server tells; else exclude the table: with"
        + " mysql56_temporal_format=ON, ALTER TABLE … FORCE gives it columns whose rows can be read from then on"
    case .undescribedColumns:
      "exclude the table; only the server that wrote the log, or one with the same table, can read its rows"
    case .missingFormatDescription, .positionWentBackwards, .columnCountMismatch, .decode:
      "check the file with mysqlbinlog; if that reads it, please report this as a defect"
    }
  }
}
