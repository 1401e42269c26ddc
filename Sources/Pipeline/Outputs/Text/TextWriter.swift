import BinlogParser
import Bytes

/// Writes a block of text for each row, for people to read.
struct TextWriter: ~Copyable, ChangeWriter {
  private var writer = ImageWriter<TextImage>(capacity: 1 << 20)
  private var head = OutputBuffer(capacity: 512)
  private let showsEveryEvent: Bool
  private let maxEventBytes: Int
  private var format: FormatDescriptionEvent?

  /// A writer of rows, and with `everyEvent` of a block for each other event too.
  init(everyEvent: Bool, maxEventBytes: Int) {
    self.maxEventBytes = maxEventBytes
    showsEveryEvent = everyEvent
  }

  var replacements: Int { writer.replacements }

  mutating func format(_ event: FormatDescriptionEvent) { format = event }

  mutating func takeBatch() -> LineBatch? {
    guard !writer.buffer.isEmpty else { return nil }
    let batch = LineBatch()
    swap(&batch.bytes, &writer.buffer)
    return batch
  }

  mutating func resume(_ batch: LineBatch) { swap(&batch.bytes, &writer.buffer) }

  @inline(__always)
  private mutating func flushIfFull(to target: inout some BatchTarget<LineBatch> & ~Copyable) throws(PipelineError) {
    if writer.buffer.count >= LineBatch.fullByteCount { try flush(to: &target) }
  }

  mutating func event(
    _ frame: EventFrame, _ body: RawSpan, _ transaction: TransactionContext,
    to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    guard showsEveryEvent, RowsEvent.kind(of: frame.header.type) == nil else { return }
    var event = try describe(frame, body)
    writer.buffer.append("=== Event (\(frame.header.type)) ===\n")
    for field in event.fields { writer.buffer.append("\(Self.label(field.name)) \(field.value)\n") }
    if let name = event.longFieldName {
      writer.buffer.append("\(Self.label(name)) ")
      while event.appendPiece(to: &writer.buffer) { try flushIfFull(to: &target) }
      writer.buffer.append("\n")
    }
    writer.buffer.append("==========================\n\n")
    try flushIfFull(to: &target)
  }

  @_lifetime(copy body)
  private func describe(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) -> EventDescription {
    do { return try EventDescription(of: frame, body, format: format, maxEventBytes: maxEventBytes) } catch {
      throw .undecodable(error)
    }
  }

  private static func label(_ name: String) -> String { (name + ":").padded(to: 10) }

  mutating func rows(
    _ event: borrowing RowsEvent, _ table: TablePlan, _ origin: RowsOrigin,
    to target: inout some BatchTarget<LineBatch> & ~Copyable
  ) throws(PipelineError) {
    writeHead(event.kind, table, origin.frame, event.flags)
    var images = try event.images(table)
    while !images.isAtEnd {
      do { try Self.writeBlock(&images, event.kind, head, &writer) } catch { throw .binlog(error) }
      target.rows += 1
      try flushIfFull(to: &target)
    }
  }

  private static func writeBlock(
    _ images: inout RowCursor, _ kind: RowsKind, _ head: borrowing OutputBuffer, _ writer: inout ImageWriter<TextImage>
  ) throws(BinlogError) {
    writer.buffer.append(head.bytes)
    if kind.hasBefore {
      writer.buffer.append("\nBefore Values (", images.beforeCount, " columns):")
      try images.visitBefore(&writer)
    }
    if kind.hasAfter {
      writer.buffer.append("\nAfter Values (", images.afterCount, " columns):")
      try images.visitAfter(&writer)
    }
    writer.buffer.append("==========================\n\n")
  }

  /// Everything in a block that does not change from row to row.
  private mutating func writeHead(_ kind: RowsKind, _ table: TablePlan, _ frame: EventFrame, _ flags: UInt16) {
    head.removeAll()
    let name = EventField.onOneLine(table.qualifiedName)
    head.append("=== DML Event (\(kind)) ===\nTable:     \(name)\n")
    head.append("Type:      \(frame.header.type)\nDML:       \(kind)\n")
    head.append("Timestamp: ", Int(frame.header.timestamp), " (Unix timestamp)\n")
    head.append("Server ID: ", Int(frame.header.serverID), "\n")
    head.append("Log Pos:   ", Int(clamping: frame.end), "\nFlags:     0x")
    head.append(EventField.hex(flags))
    head.append("\nColumns:   ", table.columns.count, "\nColumn Types: ")
    for index in table.columns.indices {
      if index > 0 { head.append(", ") }
      head.append(table.columns[index].typeName)
    }
    head.append("\n")
  }
}

extension StreamFormat {
  /// A block of text for each row, and with `everyEvent` for each other event, whose compressed part may come to `maxEventBytes`.
  public static func text(everyEvent: Bool, maxEventBytes: Int) -> StreamFormat {
    StreamFormat { TextWriter(everyEvent: everyEvent, maxEventBytes: maxEventBytes) }
  }
}

extension OutputBuffer {
  /// Appends a number between two texts; a tenth of the time of an interpolated string, and this is called for each row.
  fileprivate mutating func append(_ before: StaticString, _ number: Int, _ after: StaticString) {
    append(before)
    append(decimal: Int64(number))
    append(after)
  }
}

extension String {
  fileprivate func padded(to count: Int) -> String {
    self.count < count ? self + String(repeating: " ", count: count - self.count) : self
  }
}
