import BinlogParser
import Bytes
import Platform

/// Writes a block of text for each row, for people to read.
struct TextSink: ~Copyable, EventSink {
  private(set) var figures = SinkFigures()
  private var writer = ImageWriter<TextImage>(capacity: 1 << 20)
  private var head = OutputBuffer(capacity: 512)
  private let output: StandardOutput
  private let showsEveryEvent: Bool
  private let maxEventBytes: Int
  private var format: FormatDescriptionEvent?
  private let checkpoints: Checkpoints
  private var timer: CutTimer

  /// Text beyond this many bytes is written out before the chunk of events ends.
  private static let flushByteCount = 1 << 20

  /// A sink that writes to `output`: rows, and with `everyEvent` a block for each other event too.
  init(output: StandardOutput, everyEvent: Bool, maxEventBytes: Int, checkpoints: Checkpoints) {
    self.output = output
    self.maxEventBytes = maxEventBytes
    showsEveryEvent = everyEvent
    self.checkpoints = checkpoints
    timer = CutTimer(checkpoints.areKept ? Self.checkpointInterval : nil)
  }

  /// Each checkpoint costs two waits for the disk.
  private static let checkpointInterval: Duration = .seconds(1)

  mutating func beginFile(_ file: String, at start: UInt64?, _ boundary: TransactionBoundary?) {}
  mutating func beginOutput(at start: UInt64) {}
  mutating func format(_ event: FormatDescriptionEvent) { format = event }

  mutating func endChunk(at position: UInt64) throws(PipelineError) {
    try flush()
    timer.start()
  }

  var isCutDue: Bool { timer.isOver }
  var cutTime: ContinuousClock.Instant? { timer.end }

  mutating func cut(at boundary: TransactionBoundary) throws(PipelineError) {
    try flush()
    timer.stop()
    guard checkpoints.areKept else { return checkpoints.note(boundary) }
    do throws(SystemError) {
      try output.sync()
    } catch {
      throw .output(error)
    }
    try checkpoints.save(boundary, files: [])
  }

  mutating func finish(at boundary: TransactionBoundary?) throws(PipelineError) {
    try flush()
    if let boundary { try cut(at: boundary) }
  }

  mutating func giveUp() {
    // Of two errors the first one counts.
    try? flush()
  }

  mutating func event(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) {
    guard showsEveryEvent, RowsEvent.kind(of: frame.header.type) == nil else { return }
    var event = try describe(frame, body)
    writer.buffer.append("=== Event (\(frame.header.type)) ===\n")
    for field in event.fields { writer.buffer.append("\(Self.label(field.name)) \(field.value)\n") }
    if let name = event.longFieldName {
      writer.buffer.append("\(Self.label(name)) ")
      while event.appendPiece(to: &writer.buffer) { try flushIfFull() }
      writer.buffer.append("\n")
    }
    writer.buffer.append("==========================\n\n")
    try flushIfFull()
  }

  @_lifetime(copy body)
  private func describe(_ frame: EventFrame, _ body: RawSpan) throws(PipelineError) -> EventDescription {
    do { return try EventDescription(of: frame, body, format: format, maxEventBytes: maxEventBytes) } catch {
      throw .binlog(BinlogError(.decode(error.shifted(by: EventHeader.byteCount))))
    }
  }

  private static func label(_ name: String) -> String { (name + ":").padded(to: 10) }

  private mutating func flushIfFull() throws(PipelineError) {
    if writer.buffer.count >= Self.flushByteCount { try flush() }
  }

  mutating func rows(_ event: borrowing RowsEvent, _ table: TablePlan, _ frame: EventFrame) throws(PipelineError) {
    writeHead(event.kind, table, frame, event.flags)
    var images = try event.images(table)
    while !images.isAtEnd {
      do { try Self.writeBlock(&images, event.kind, head, &writer) } catch { throw .binlog(error) }
      figures.rows += 1
      try flushIfFull()
    }
    figures.replacements = UInt64(writer.replacements)
  }

  private mutating func flush() throws(PipelineError) {
    guard !writer.buffer.isEmpty else { return }
    do {
      try output.write(writer.buffer.bytes)
    } catch {
      throw error.isBrokenPipe ? .outputClosed : .output(error)
    }
    figures.batches += 1
    figures.bytesWritten += UInt64(writer.buffer.count)
    writer.buffer.removeAll(shrinkingTo: Self.flushByteCount * 2)
  }

  private static func writeBlock(
    _ images: inout RowImages, _ kind: RowsKind, _ head: borrowing OutputBuffer, _ writer: inout ImageWriter<TextImage>
  ) throws(BinlogError) {
    writer.buffer.append(head.bytes)
    if kind.hasBefore {
      writer.buffer.append("\nBefore Values (", images.beforeCount, " columns):")
      try images.writeBefore(to: &writer)
    }
    if kind.hasAfter {
      writer.buffer.append("\nAfter Values (", images.afterCount, " columns):")
      try images.writeAfter(to: &writer)
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
