import Bytes

/// An event as far as sinks care: rows of an included table, the start of a file's events, or anything else.
public enum DecodedEvent: ~Escapable {
  /// Rows of a table that the filter includes, and how to read them.
  case rows(RowsEvent, TablePlan)
  /// The log goes on in another file, or in this one as the server repeats at the start of a dump.
  case rotate(RotateEvent)
  /// The format of the file that begins.
  case formatDescription(FormatDescriptionEvent)
  /// An event that changes no included row.
  case other
}

/// Turns frames into events: knows the file's format and table maps, and applies the table filter, so that rows of an
/// excluded table are never looked at.
public struct EventDecoder: Sendable {
  private var format: FormatDescriptionEvent?
  private var tableMaps: TableMaps
  private let filter: TableFilter
  /// How many statements came that changed rows of included tables in a way that the log does not show: the server's
  /// `binlog_format` is not ROW.
  public private(set) var statementChanges: UInt64 = 0

  /// A decoder at the start of a stream.
  public init(filter: TableFilter, columnNames: ColumnNames) {
    self.filter = filter
    tableMaps = TableMaps(filter: filter, columnNames: columnNames)
  }

  /// Decodes the event `frame`, whose body is `body`.
  ///
  /// - Throws: `BinlogError`, which knows type and table, and not yet file and position.
  @_lifetime(copy body)
  public mutating func decode(_ frame: EventFrame, _ body: RawSpan) throws(BinlogError) -> DecodedEvent {
    do {
      return try decode(frame.header.type, body)
    } catch {
      var error = error
      error.eventType = frame.header.type
      throw error
    }
  }

  @_lifetime(copy body)
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
    case .query, .executeLoadQuery:
      try statement(type, body)
      return .other
    case .incident:
      throw BinlogError(.incident)
    default:
      if type.holdsUnreadableRows { try refuse(type, body) }
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
    do {
      let query = type == .query ? try QueryEvent(body) : try QueryEvent(executeLoadQuery: body)
      statement = LoggedStatement(query.statement, schema: query.schema)
    } catch {
      throw shifted(error)
    }
    if statement.changesDefinitions { tableMaps.forgetLookups() }
    if statement.changesRows(of: filter) { statementChanges += 1 }
  }

  private mutating func formatDescription(_ body: RawSpan) throws(BinlogError) -> FormatDescriptionEvent {
    let event: FormatDescriptionEvent
    do { event = try FormatDescriptionEvent(body) } catch { throw shifted(error) }
    format = event
    tableMaps.beginFile()
    return event
  }

  @_lifetime(copy body)
  private mutating func rows(
    _ type: EventType, _ kind: RowsKind, _ version: Int, _ body: RawSpan
  ) throws(BinlogError) -> DecodedEvent {
    let event: RowsEvent
    do {
      event = try RowsEvent(body, kind: kind, version: version, postHeaderLength: postHeaderLength(of: type))
    } catch {
      throw shifted(error)
    }
    defer { if event.endsStatement { tableMaps.endStatement() } }
    switch tableMaps.lookup(event.tableID) {
    case .included(let plan): return .rows(event, plan)
    case .excluded: return .other
    case .unknown:
      if event.tableID == RowsEvent.dummyTableID, event.endsStatement { return .other }
      throw BinlogError(.missingTableMap(tableID: event.tableID))
    }
  }

  /// Throws for an event whose rows cannot be read, unless they are an excluded table's.
  private func refuse(_ type: EventType, _ body: RawSpan) throws(BinlogError) {
    guard type != .transactionPayload else { throw BinlogError(.unsupportedEvent) }
    let tableID: UInt64
    do { tableID = try RowsEvent.tableID(body, postHeaderLength: postHeaderLength(of: type)) } catch {
      throw shifted(error)
    }
    switch tableMaps.lookup(tableID) {
    case .excluded: return
    case .unknown: throw BinlogError(.missingTableMap(tableID: tableID))
    case .included(let plan):
      var error = BinlogError(.unsupportedEvent)
      error.table = plan.qualifiedName
      throw error
    }
  }

  private func postHeaderLength(of type: EventType) -> Int { format?.postHeaderLength(of: type) ?? 0 }

  private func shifted(_ error: DecodeError) -> BinlogError {
    BinlogError(error.shifted(by: EventHeader.byteCount))
  }
}
