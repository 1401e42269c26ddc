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
/// excluded table are never looked at.
public struct EventDecoder: Sendable {
  private var format: FormatDescriptionEvent?
  private var tableMaps: TableMaps
  private var inflated = InflatedRows()
  private let filter: TableFilter
  /// How many statements came that changed rows of included tables, or may have, in a way that the log does not show: the
  /// server's `binlog_format` is not ROW.
  public private(set) var statementChanges: UInt64 = 0

  /// A decoder at the start of a stream.
  public init(filter: TableFilter, columnNames: ColumnNames) {
    self.filter = filter
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
      return try decode(frame.header.type, body)
    } catch {
      var error = error
      error.eventType = frame.header.type
      throw error
    }
  }

  @_lifetime(&self, copy body)
  private mutating func decode(_ type: EventType, _ body: RawSpan) throws(BinlogError) -> DecodedEvent {
    if let rows = RowsEvent.kind(of: type) { return try self.rows(type, rows.kind, rows.version, body) }
    switch type {
    case .tableMap:
      try tableMap(body)
      return .other
    case .rotate:
      do { return .rotate(try RotateEvent(body)) } catch { throw shifted(error) }
    case .formatDescription:
      return .formatDescription(try formatDescription(body))
    case .query, .queryCompressed, .executeLoadQuery:
      try statement(type, body)
      return .other
    case .incident:
      throw BinlogError(.incident)
    case .transactionPayload:
      return .transactionPayload
    default:
      return .other
    }
  }

  private mutating func tableMap(_ body: RawSpan) throws(BinlogError) {
    do {
      try tableMaps.accept(body, format)
    } catch {
      throw shifted(error)
    }
  }

  /// Notes a statement that changes rows of included tables, or the definition of any table.
  private mutating func statement(_ type: EventType, _ body: RawSpan) throws(BinlogError) {
    let statement: LoggedStatement
    do { statement = try Self.statement(type, body) } catch { throw shifted(error) }
    if statement.changesDefinitions { tableMaps.forgetLookups() }
    if statement.changesRows(of: filter) { statementChanges += 1 }
  }

  private static func statement(_ type: EventType, _ body: RawSpan) throws(DecodeError) -> LoggedStatement {
    let query = type == .executeLoadQuery ? try QueryEvent(executeLoadQuery: body) : try QueryEvent(body)
    guard type == .queryCompressed else { return LoggedStatement(query.statement, schema: query.schema) }
    let text = try query.inflatedStatement(in: body)
    return LoggedStatement(text.bytes, schema: query.schema)
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
    let event: RowsEvent
    do {
      event = try RowsEvent(
        body, kind: kind, version: version, postHeaderLength: postHeaderLength(of: type),
        isPartial: type == .partialUpdateRows)
    } catch {
      throw shifted(error)
    }
    let entry = tableMaps.lookup(event.tableID)
    if event.endsStatement { tableMaps.endStatement() }
    switch entry {
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
    do {
      try inflated.replace(event.rows)
    } catch {
      var located = BinlogError(error.shifted(by: EventHeader.byteCount + event.rowsOffset))
      located.table = plan.qualifiedName
      throw located
    }
    return RowsEvent(event, inflated: inflated.bytes)
  }

  private static func undescribed(_ table: String) -> BinlogError {
    var error = BinlogError(.undescribedColumns)
    error.table = table
    return error
  }

  private func postHeaderLength(of type: EventType) -> Int { format?.postHeaderLength(of: type) ?? 0 }

  private func shifted(_ error: DecodeError) -> BinlogError {
    BinlogError(error.shifted(by: EventHeader.byteCount))
  }
}
