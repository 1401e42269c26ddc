import BinlogParser
import Bytes

/// Reads events to their last value, as the program does.
struct EventReader {
  private var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
  private var decoder = EventDecoder(filter: TableFilter(), columnNames: .logged)

  /// The body of a FORMAT_DESCRIPTION without checksums.
  static let formatDescription: [UInt8] =
    [4, 0] + Array("8.0.40".utf8) + [UInt8](repeating: 0, count: 48) + [19] + [UInt8](repeating: 8, count: 41)
    + [UInt8](repeating: 0, count: 5)

  /// An event of `type` with `body`.
  static func event(_ type: UInt8, _ body: [UInt8]) -> [UInt8] {
    let size = UInt32(EventHeader.byteCount + body.count)
    return [0, 0, 0, 0, type, 1, 0, 0, 0] + littleEndian(size) + [0, 0, 0, 0, 0, 0] + body
  }

  /// Takes one event, right or wrong.
  mutating func take(_ event: [UInt8]) {
    let event = sealed(event)
    let bytes = event.span.bytes
    guard let frame = try? stream.accept(bytes, at: 0) else { return }
    show(frame, frame.body(in: bytes))
  }

  private mutating func show(_ frame: EventFrame, _ body: RawSpan) {
    describe(frame, body)
    guard frame.header.type != .transactionPayload else { return unpack(frame, body) }
    guard let decoded = try? decoder.decode(frame, body), case .rows(let rows, let table) = decoded else { return }
    Self.write(rows, table)
    TypedRows.write(rows, table, frame)
  }

  private func describe(_ frame: EventFrame, _ body: RawSpan) {
    guard var event = try? EventDescription(of: frame, body, format: stream.format) else { return }
    var out = OutputBuffer()
    while event.appendPiece(to: &out) {}
  }

  /// Shows the events of a TRANSACTION_PAYLOAD; it holds no other one.
  private mutating func unpack(_ frame: EventFrame, _ body: RawSpan) {
    guard var events = try? PayloadEvents(body, in: frame) else { return }
    while let inner = try? events.next() {
      precondition(inner.header.type != .transactionPayload, "a payload in a payload")
      show(inner, inner.body(in: events.bytes))
    }
  }

  /// Writes the rows in both styles.
  private static func write(_ rows: borrowing RowsEvent, _ table: TablePlan) {
    guard var json = try? RowCursor(rows, table), var text = try? RowCursor(rows, table) else { return }
    var jsonWriter = ImageWriter<JSONImage>()
    var textWriter = ImageWriter<TextImage>()
    while !json.isAtEnd {
      do {
        if rows.kind.hasBefore {
          try json.visitBefore(&jsonWriter)
          try text.visitBefore(&textWriter)
        }
        if rows.kind.hasAfter {
          try json.visitAfter(&jsonWriter)
          try text.visitAfter(&textWriter)
        }
      } catch {
        return
      }
      jsonWriter.buffer.removeAll()
      textWriter.buffer.removeAll()
    }
  }

  /// The event with the size that it has, and without a position; the checksum of its file's format is put right.
  private func sealed(_ event: [UInt8]) -> [UInt8] {
    guard event.count >= EventHeader.byteCount else { return event }
    var event = event
    event.replaceSubrange(9..<17, with: Self.littleEndian(UInt32(event.count)) + [0, 0, 0, 0])
    let isFormat = event[4] == EventType.formatDescription.rawValue
    guard isFormat || stream.format?.checksum == .crc32, event.count >= EventHeader.byteCount + 4 else { return event }
    var hashed = event.dropLast(4)
    if isFormat { hashed[17] &= 0xFE }
    event.replaceSubrange(event.count - 4..<event.count, with: Self.littleEndian(Self.crc32(hashed)))
    return event
  }

  private static func littleEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
  }

  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { crc, _ in crc & 1 == 0 ? crc >> 1 : crc >> 1 ^ 0xEDB8_8320 }
  }

  private static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    ~bytes.reduce(0xFFFF_FFFF) { crc, byte in crc >> 8 ^ table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] }
  }
}
