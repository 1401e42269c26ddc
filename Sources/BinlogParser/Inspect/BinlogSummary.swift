import Bytes

/// Contents of a binlog file in figures, taken from its events in one pass: a property for each, however many there are.
public struct BinlogSummary: Sendable {
  /// Events of one type.
  public struct Events: Sendable, Equatable {
    /// How many.
    public internal(set) var count: UInt64 = 0
    /// Their bytes, with headers and checksums.
    public internal(set) var bytes: UInt64 = 0

    mutating func add(_ header: EventHeader) {
      count += 1
      bytes += UInt64(header.eventSize)
    }
  }

  /// Changed rows of one table.
  public struct Rows: Sendable, Equatable {
    /// Rows of WRITE_ROWS.
    public internal(set) var inserted: UInt64 = 0
    /// Rows of UPDATE_ROWS.
    public internal(set) var updated: UInt64 = 0
    /// Rows of DELETE_ROWS.
    public internal(set) var deleted: UInt64 = 0
  }

  /// The last FORMAT_DESCRIPTION: in a relay log that of the master.
  public private(set) var format: FormatDescriptionEvent?
  /// The earliest time in a header that has one, in seconds since 1970.
  public private(set) var startTime: UInt32?
  /// The latest time in a header.
  public private(set) var endTime: UInt32?
  /// The events of each type.
  public private(set) var events: [EventType: Events] = [:]
  /// The events within TRANSACTION_PAYLOADs of each type; their bytes are those before the compression.
  public private(set) var payloadEvents: [EventType: Events] = [:]
  /// The rows of each table, under "schema.table".
  public private(set) var tables: [String: Rows] = [:]
  /// The numbers of each source of global transaction ids.
  public var gtids: [GTIDRange] { gtidRanges.ranges }
  /// The GTID set of all earlier files.
  public private(set) var previousGTIDs: String?
  /// Checksums that were compared, all of which matched.
  public private(set) var verifiedChecksums: UInt64 = 0
  /// Rows events that could not be read, for a reason that is no corruption; and the first of these reasons.
  public private(set) var unreadable: (count: UInt64, first: BinlogError)?
  /// Where the last event ended.
  public private(set) var end = UInt64(BinlogFileMagic.byteCount)
  private var gtidRanges = GTIDRanges()
  private var transactions = LargestTransactions()
  private var tracker = TransactionTracker(gtids: nil)
  private var decoder = EventDecoder(filter: TableFilter(), columnNames: .logged)

  /// A summary of nothing yet.
  public init() {}

  /// The five transactions with the most bytes, the largest one first.
  public var largestTransactions: [TransactionSummary] { transactions.largest }
  /// Number of transactions.
  public var transactionCount: UInt64 { transactions.count }

  /// Takes in the event `frame` of `file`.
  ///
  /// - Throws: `BinlogError` for an event whose bytes are wrong. One that only this version cannot read is counted.
  public mutating func add(_ frame: EventFrame, _ body: RawSpan, file: String) throws(BinlogError) {
    var rows: UInt64 = 0
    do throws(BinlogError) {
      rows = try decode(frame, body)
    } catch {
      let error = error.located(file, frame)
      guard error.isNoCorruption else { throw error }
      unreadable = (count: (unreadable?.count ?? 0) + 1, first: unreadable?.first ?? error)
    }
    note(frame)
    do {
      try follow(frame, body, rows)
    } catch {
      throw error.located(file, frame)
    }
  }

  /// The file has ended.
  public mutating func finish() { transactions.end() }

  private mutating func note(_ frame: EventFrame) {
    let header = frame.header
    events[header.type, default: Events()].add(header)
    if header.timestamp > 0 {
      startTime = min(startTime ?? .max, header.timestamp)
      endTime = max(endTime ?? 0, header.timestamp)
    }
    if format?.checksum == .crc32 { verifiedChecksums += 1 }
    end = frame.end
  }

  /// Decodes the event; returns how many rows it holds.
  private mutating func decode(_ frame: EventFrame, _ body: RawSpan) throws(BinlogError) -> UInt64 {
    switch try decoder.decode(frame, body) {
    case .formatDescription(let event):
      format = event
      return 0
    case .rows(let event, let table):
      var images = try RowCursor(event, table)
      let count = UInt64(try images.countRows())
      switch event.kind {
      case .insert: tables[table.qualifiedName, default: Rows()].inserted += count
      case .update: tables[table.qualifiedName, default: Rows()].updated += count
      case .delete: tables[table.qualifiedName, default: Rows()].deleted += count
      }
      return count
    case .transactionPayload: return try unpack(frame, body)
    case .rotate, .other: return 0
    }
  }

  /// Decodes the events of a TRANSACTION_PAYLOAD; returns how many rows they hold.
  private mutating func unpack(_ frame: EventFrame, _ body: RawSpan) throws(BinlogError) -> UInt64 {
    var events = try PayloadEvents(body, in: frame)
    var rows: UInt64 = 0
    while let inner = try events.next() {
      payloadEvents[inner.header.type, default: Events()].add(inner.header)
      do throws(BinlogError) { rows += try decode(inner, inner.body(in: events.bytes)) } catch {
        throw error.within(inner)
      }
    }
    return rows
  }

  /// Follows transactions and their ids.
  private mutating func follow(_ frame: EventFrame, _ body: RawSpan, _ rows: UInt64) throws(BinlogError) {
    let wasOutside = tracker.isOutside
    try tracker.accept(frame, body, format)
    var id: String?
    do {
      id = try gtid(frame, body)
      if frame.header.type == .previousGTIDs { previousGTIDs = try PreviousGTIDsEvent(body).description }
    } catch {
      throw BinlogError(error.shifted(by: EventHeader.byteCount))
    }
    if let id { gtidRanges.add(id) }
    if wasOutside, !tracker.isOutside { transactions.begin(at: frame.start, gtid: id) }
    transactions.add(bytes: UInt64(frame.header.eventSize), rows: rows)
    if tracker.isOutside { transactions.end() }
  }

  /// The global transaction id in the event; nil for an anonymous one, and for other events.
  private func gtid(_ frame: EventFrame, _ body: RawSpan) throws(DecodeError) -> String? {
    switch frame.header.type {
    case .gtid: try GTIDEvent(body).gtid?.description
    case .taggedGTID: try TaggedGTIDEvent(body).gtid?.description
    case .mariadbGTID: try MariaDBGTIDEvent(body).gtid(server: frame.header.serverID)?.description
    default: nil
    }
  }
}

extension BinlogError {
  /// The same error in the event `frame` of `file`, or in one that is part of it.
  fileprivate func located(_ file: String, _ frame: EventFrame) -> BinlogError {
    var error = within(frame)
    error.file = file
    error.position = frame.start
    return error
  }

  /// The same error, with the type of the event `frame` unless it names one.
  fileprivate func within(_ frame: EventFrame) -> BinlogError {
    var error = self
    error.eventType = eventType ?? frame.header.type
    return error
  }

  /// True if the event may be right, and only cannot be read by itself or by this version.
  fileprivate var isNoCorruption: Bool {
    switch cause {
    case .unsupportedColumnType, .undescribedColumns, .missingTableMap, .incident: true
    default: false
    }
  }
}
