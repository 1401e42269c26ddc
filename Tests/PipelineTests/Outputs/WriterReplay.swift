import BinlogParser
import Bytes
import Pipeline

/// Shows the events of a log to a writer of lines, as the stage that decodes does.
struct WriterReplay<Writer: ChangeWriter & ~Copyable>: ~Copyable where Writer.Batch == LineBatch {
  private var writer: Writer
  private var target = CollectedLines()
  private var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
  private var decoder = EventDecoder(filter: TableFilter(), columnNames: .logged, maxEventBytes: Limits.event)
  private var transactions = TransactionTracker(gtids: nil)
  private var format: FormatDescriptionEvent?

  init(_ writer: consuming Writer) { self.writer = writer }

  /// Takes the next event.
  mutating func take(_ event: [UInt8]) throws {
    let bytes = event.span.bytes
    let frame = try stream.accept(bytes, at: 0)
    if frame.header.type == .transactionPayload {
      var events = try PayloadEvents(frame.body(in: bytes), in: frame, maxEventBytes: decoder.maxEventBytes)
      while let inner = try events.next() { try show(inner, inner.body(in: events.bytes)) }
    } else {
      try show(frame, frame.body(in: bytes))
    }
    try transactions.accept(frame, frame.body(in: bytes), format)
    if transactions.isOutside { writer.endTransaction(TransactionContext()) }
  }

  private mutating func show(_ frame: EventFrame, _ body: RawSpan) throws {
    switch try decoder.decode(frame, body) {
    case .rows(let rows, let table):
      let origin = RowsOrigin(frame: frame, firstSequence: 1, transaction: TransactionContext())
      try writer.rows(rows, table, origin, to: &target)
    case .formatDescription(let format): self.format = format
    default: break
    }
  }

  /// Text of all lines.
  mutating func finish() throws -> String {
    try writer.flush(to: &target)
    return target.text
  }
}

/// Keeps all lines.
private struct CollectedLines: ~Copyable, BatchTarget {
  var rows: UInt64 = 0
  var text = ""

  mutating func put(_ batch: LineBatch) -> LineBatch? {
    text += String(decoding: batch.bytes.array, as: UTF8.self)
    return nil
  }
}
