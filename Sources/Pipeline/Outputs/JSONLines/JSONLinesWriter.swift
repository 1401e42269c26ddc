import BinlogParser
import Bytes

/// Writes a line of JSON for each row, in Debezium's envelope without a schema (`ChangeEnvelope`).
///
/// With every event shown, a statement that changes definitions is a line `{"ddl":…,"source":{…}}`, and a transaction that
/// shows anything stands between `{"status":"BEGIN","id":…}` and `{"status":"END","id":…,"event_count":…}`.
struct JSONLinesWriter: ~Copyable, ChangeWriter {
  private var writer: ImageWriter<SpelledJSONImage>
  private var envelope = ChangeEnvelope()
  private var order = TransactionOrder()
  private let settings: JSONLinesSettings
  private var format: FormatDescriptionEvent?
  private var file = ""
  /// Start of the event whose rows came last, and the number of the next one there.
  private var rows: (start: UInt64, next: Int) = (0, 0)
  /// Rows of the batch.
  private var rowCount = 0
  /// The place of the transaction that was begun with a marker.
  private var marked: ChangePlace?

  /// A writer without lines.
  init(_ settings: JSONLinesSettings) {
    self.settings = settings
    writer = ImageWriter(capacity: 1 << 20, spelling: settings.spelling)
  }

  var showsTransactions: Bool { true }
  var replacements: Int { writer.replacements }

  mutating func begin(file: String) {
    self.file = file
    rows = (0, 0)
  }

  mutating func format(_ event: FormatDescriptionEvent) { format = event }

  mutating func takeBatch() -> LineBatch? {
    guard !writer.buffer.isEmpty else { return nil }
    let batch = LineBatch()
    swap(&batch.bytes, &writer.buffer)
    swap(&batch.rowCount, &rowCount)
    return batch
  }

  mutating func resume(_ batch: LineBatch) {
    swap(&batch.bytes, &writer.buffer)
    swap(&batch.rowCount, &rowCount)
  }

  @inline(__always)
  private mutating func flushIfFull(to target: inout some BatchTarget<LineBatch> & ~Copyable) throws(PipelineError) {
    if writer.buffer.count >= LineBatch.fullByteCount { try flush(to: &target) }
  }

  private func place(_ frame: EventFrame, _ transaction: TransactionContext) -> ChangePlace {
    ChangePlace(
      version: settings.version, isMariaDB: format?.isMariaDB ?? false, file: file, frame: frame,
      transaction: transaction)
  }

  // MARK: Rows

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    prepare(.row(event.kind), schema: table.schema, table: table.table, origin)
    let first = (row: rows.next, total: order.total, table: order.count(of: table.qualifiedName))
    var images = try event.images(table)
    var count = 0
    while !images.isAtEnd {
      envelope.appendHead(to: &writer.buffer)
      do { try Self.append(&images, event.kind, &writer) } catch { throw .binlog(error) }
      envelope.appendTail(
        row: first.row + count, sequence: origin.firstSequence &+ Int64(count),
        order: (first.total + count + 1, first.table + count + 1), to: &writer.buffer)
      count += 1
      rowCount += 1
      target.rows += 1
      try flushIfFull(to: &target)
    }
    rows.next += count
    order.add(count, of: table.qualifiedName)
  }

  private mutating func prepare(
    _ operation: ChangeEnvelope.Operation, schema: String, table: String, _ origin: RowsOrigin
  ) {
    let place = place(origin.frame, origin.transaction)
    begin(place)
    envelope.prepare(operation, schema: schema, table: table, place)
    // The rows events of a TRANSACTION_PAYLOAD share its place, and count on.
    if origin.frame.start != rows.start { rows = (origin.frame.start, 0) }
  }

  var showsTruncations: Bool { true }

  mutating func truncation(
    _ table: TableName, _ origin: RowsOrigin, to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    prepare(
      .truncation, schema: String(decoding: table.schema, as: UTF8.self),
      table: String(decoding: table.table, as: UTF8.self), origin)
    let name = table.description
    envelope.appendHead(to: &writer.buffer)
    writer.buffer.append("null,\"after\":null")
    envelope.appendTail(
      row: rows.next, sequence: origin.firstSequence, order: (order.total + 1, order.count(of: name) + 1),
      to: &writer.buffer)
    rows.next += 1
    order.add(1, of: name)
    rowCount += 1
    target.rows += 1
    try flushIfFull(to: &target)
  }

  private static func append(
    _ images: inout RowCursor, _ kind: RowsKind, _ writer: inout ImageWriter<SpelledJSONImage>
  ) throws(BinlogError) {
    if kind.hasBefore { try images.visitBefore(&writer) } else { writer.buffer.append("null") }
    writer.buffer.append(",\"after\":")
    if kind.hasAfter { try images.visitAfter(&writer) } else { writer.buffer.append("null") }
  }

  // MARK: Other events

  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext,
    to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    guard settings.everyEvent, try Self.isDefinition(frame.header.type, body) else { return }
    let place = place(frame, transaction)
    begin(place)
    var description = try describe(frame, body)
    writer.buffer.append("{\"ddl\":")
    while description.appendPiece(to: &writer.buffer) { try flushIfFull(to: &target) }
    place.appendSource(schema: try Self.schema(body), table: nil, to: &writer.buffer)
    writer.buffer.append("0")
    place.appendSourceEnd(to: &writer.buffer)
    writer.buffer.append("null},\"ts_ms\":")
    writer.buffer.append(decimal: Int64(clamping: place.microseconds / 1000))
    writer.buffer.append("}\n")
  }

  /// Says whether the event holds a statement, and one that begins or ends no transaction.
  private static func isDefinition(_ type: EventType, _ body: RawSpan) throws(PipelineError) -> Bool {
    switch type {
    case .query:
      let statement: RawSpan
      do { statement = try QueryEvent(body).statement } catch { throw .undecodable(error) }
      return TransactionStatement(statement) == .other && !isXA(statement)
    case .queryCompressed: return true
    default: return false
    }
  }

  /// Says whether the statement is XA END, which the server writes into XA transactions in capitals.
  private static func isXA(_ statement: RawSpan) -> Bool {
    statement.extracting(0..<min(3, statement.byteCount)).array == Array("XA ".utf8)
  }

  /// The default database of a statement; nil for none.
  private static func schema(_ body: RawSpan) throws(PipelineError) -> String? {
    let name: String
    do { name = String(decoding: try QueryEvent(body).schema.array, as: UTF8.self) } catch { throw .undecodable(error) }
    return name.isEmpty ? nil : name
  }

  @_lifetime(copy body)
  private func describe(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) -> EventDescription {
    do {
      return try EventDescription(of: frame, body, format: format, maxEventBytes: settings.maxEventBytes)
    } catch {
      throw .undecodable(error)
    }
  }

  // MARK: Transactions

  /// Begins the transaction of `place`, unless it has begun.
  private mutating func begin(_ place: ChangePlace) {
    order.enter(place.transaction.number)
    guard settings.everyEvent, marked == nil else { return }
    marked = place
    appendMarker("{\"status\":\"BEGIN\",\"id\":", place)
    writer.buffer.append("}\n")
  }

  mutating func endTransaction(_ transaction: TransactionContext) {
    guard let place = marked else { return }
    marked = nil
    appendMarker("{\"status\":\"END\",\"id\":", place)
    writer.buffer.append(",\"event_count\":")
    writer.buffer.append(decimal: Int64(order.total))
    writer.buffer.append("}\n")
  }

  private mutating func appendMarker(_ head: StaticString, _ place: ChangePlace) {
    writer.buffer.append(head)
    place.appendTransactionID(to: &writer.buffer)
    writer.buffer.append(",\"ts_ms\":")
    writer.buffer.append(decimal: Int64(clamping: place.microseconds / 1000))
  }
}

extension StreamFormat {
  /// A line of JSON for each row.
  public static func jsonLines(_ settings: JSONLinesSettings) -> StreamFormat {
    StreamFormat { JSONLinesWriter(settings) }
  }
}
