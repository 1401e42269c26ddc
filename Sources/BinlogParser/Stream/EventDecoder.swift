import Bytes

/// An event as far as sinks care: rows of an included table, the start of a file's events, or anything else.
public enum DecodedEvent: ~Escapable {
  /// Rows of a table that the filter includes, and how to read them.
  case rows(RowsEvent, TablePlan)
  /// The log goes on in another file, or in this one as the server repeats at the start of a dump.
  case rotate(RotateEvent)
  /// The format of the file that begins.
  case formatDescription(FormatDescriptionEvent)
  /// Events in an event: `PayloadEvents` unpacks them, and each of them is to be decoded in turn.
  case transactionPayload
  /// An event that changes no included row.
  case other
}

/// Turns frames into events: knows the file's format and table maps, and applies the table filter, so that rows of an
/// excluded table, and changes of a kind that is not wanted, are never looked at.
public struct EventDecoder: Sendable {
  private var format: FormatDescriptionEvent?
  private var tableMaps: TableMaps
  private var inflated = InflatedRows()
  private let filter: TableFilter
  /// Limit of the bytes that the compressed part of an event comes to.
  public let maxEventBytes: Int
  /// Number of statements that changed rows of included tables, or may have, in a way that the log does not show: the
  /// server's `binlog_format` is not ROW.
  public private(set) var statementChanges: UInt64 = 0
  /// Number of events with rows of included tables that are of a kind which is not wanted.
  public private(set) var unwantedRowEvents: UInt64 = 0

  /// Rows of included tables that the last statement removed without a row of them in the log; nil for none.
  package private(set) var emptied: EmptiedTables?
  /// True if statements that remove all rows of a table are wanted as changes of it.
  package var wantsTruncation: Bool { filter.operations.contains(.truncate) }

  /// True if the rows of `table` are wanted.
  package func includes(_ table: TableName) -> Bool { filter.includes(table) }

  /// The binlog file in which the events stand.
  public var file: String {
    get { tableMaps.file }
    set { tableMaps.file = newValue }
  }

  /// A decoder at the start of a stream.
  ///
  /// - Parameter maxEventBytes: how many bytes the compressed part of an event may come to.
  public init(filter: TableFilter, columnNames: ColumnNames, maxEventBytes: Int = Limits.event) {
    self.filter = filter
    self.maxEventBytes = maxEventBytes
    tableMaps = TableMaps(filter: filter, columnNames: columnNames)
  }

  /// Decodes the event `frame`, whose body is `body`.
  ///
  /// The event is to be used before the next one is decoded: decompressed rows lie in the decoder's own memory.
  ///
  /// - Throws: `BinlogError`, which knows type and table, and not yet file and position.
  @_lifetime(&self, copy body)
  public mutating func decode(_ frame: EventFrame, _ body: RawSpan) throws(BinlogError) -> DecodedEvent {
    do {
      return try decode(frame.header.type, body, at: frame.start)
    } catch {
      var error = error
      error.eventType = frame.header.type
      throw error
    }
  }

  @_lifetime(&self, copy body)
  private mutating func decode(
    _ type: EventType, _ body: RawSpan, at start: UInt64
  ) throws(BinlogError) -> DecodedEvent {
    if let rows = RowsEvent.kind(of: type) { return try self.rows(type, rows.kind, rows.version, body) }
    switch type {
    case .tableMap:
      try tableMap(body, at: start)
      return .other
    case .rotate:
      do { return .rotate(try RotateEvent(body)) } catch { throw shifted(error) }
    case .formatDescription:
      return .formatDescription(try formatDescription(body))
    case .query, .queryCompressed, .executeLoadQuery:
      try statement(type, body, at: start)
      return .other
    case .incident:
      throw BinlogError(.incident)
    case .transactionPayload:
      return .transactionPayload
    default:
      return .other
    }
  }

  private mutating func tableMap(_ body: RawSpan, at start: UInt64) throws(BinlogError) {
    do {
      try tableMaps.accept(body, format, at: start)
    } catch {
      throw shifted(error)
    }
  }

  /// Notes a statement that changes rows of included tables, or the definition of any table.
  private mutating func statement(_ type: EventType, _ body: RawSpan, at start: UInt64) throws(BinlogError) {
    if type == .queryCompressed { try checkStatementSize(body) }
    let statement: LoggedStatement
    do { statement = try LoggedStatement(ofEvent: type, body, limit: maxEventBytes) } catch { throw shifted(error) }
    tableMaps.forgetLookups(statement.definitions, at: start, creates: statement.creates)
    if statement.changesRows(of: filter) { statementChanges += 1 }
    emptied = statement.emptied(of: filter)
  }

  /// Checks that the statement of the QUERY_COMPRESSED with `body` is not too large, before anybody decompresses it.
  ///
  /// - Throws: `BinlogError`, which knows neither file and position nor type.
  public func checkStatementSize(_ body: RawSpan) throws(BinlogError) {
    let size: Int
    do { size = try QueryEvent(body).inflatedCount(in: body) } catch { throw shifted(error) }
    guard size <= maxEventBytes else { throw BinlogError(.eventTooLarge(size: size, limit: maxEventBytes)) }
  }

  private mutating func formatDescription(_ body: RawSpan) throws(BinlogError) -> FormatDescriptionEvent {
    let event: FormatDescriptionEvent
    do { event = try FormatDescriptionEvent(body) } catch { throw shifted(error) }
    format = event
    tableMaps.beginFile()
    return event
  }

  @_lifetime(&self, copy body)
  private mutating func rows(
    _ type: EventType, _ kind: RowsKind, _ version: Int, _ body: RawSpan
  ) throws(BinlogError) -> DecodedEvent {
    var event: RowsEvent
    do throws(DecodeError) {
      event = try RowsEvent(
        body, kind: kind, version: version, postHeaderLength: postHeaderLength(of: type),
        isPartial: type == .partialUpdateRows)
      event.inflationLimit = maxEventBytes
    } catch {
      throw shifted(error)
    }
    let entry = tableMaps.lookup(event.tableID)
    if event.endsStatement { tableMaps.endStatement() }
    let isWanted = filter.operations.contains(RowOperations(kind))
    switch entry {
    case .included where !isWanted, .undescribed where !isWanted:
      unwantedRowEvents += 1
      return .other
    case .included(let plan):
      guard type.holdsCompressedRows else { return .rows(event, plan) }
      return .rows(try inflate(event, plan), plan)
    case .excluded: return .other
    case .undescribed(let table): throw Self.undescribed(table)
    case .unknown:
      if event.tableID == RowsEvent.dummyTableID, event.endsStatement { return .other }
      throw BinlogError(.missingTableMap(tableID: event.tableID))
    }
  }

  /// The event with its rows decompressed.
  @_lifetime(&self, copy event)
  private mutating func inflate(_ event: consuming RowsEvent, _ plan: TablePlan) throws(BinlogError) -> RowsEvent {
    do throws(BinlogError) {
      try inflate(event.rows, at: event.rowsOffset)
    } catch {
      var located = error
      located.table = plan.qualifiedName
      throw located
    }
    return RowsEvent(event, inflated: inflated.bytes)
  }

  private mutating func inflate(_ rows: RawSpan, at offset: Int) throws(BinlogError) {
    let size: Int
    do { size = try CompressedBytes.uncompressedCount(ofEventPart: rows) } catch { throw shifted(error, by: offset) }
    guard size <= maxEventBytes else { throw BinlogError(.eventTooLarge(size: size, limit: maxEventBytes)) }
    do { try inflated.replace(rows) } catch { throw shifted(error, by: offset) }
  }

  private static func undescribed(_ table: String) -> BinlogError {
    var error = BinlogError(.undescribedColumns)
    error.table = table
    return error
  }

  private func postHeaderLength(of type: EventType) -> Int { format?.postHeaderLength(of: type) ?? 0 }

  private func shifted(_ error: DecodeError, by offset: Int = 0) -> BinlogError {
    BinlogError(error.shifted(by: EventHeader.byteCount + offset))
  }
}
