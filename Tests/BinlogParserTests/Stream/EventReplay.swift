import BinlogParser
import Bytes
import TestSupport
import Testing

/// One changed row, written in both styles.
struct ReplayedRow {
  typealias Image = (json: [UInt8], text: [UInt8])
  let kind: RowsKind
  let table: String
  let schema: TableSchema
  var before: Image?
  var after: Image?

  /// The entry of a fixture's `.rows` file.
  var transcript: String {
    var lines = "\(kind) \(table)\n"
    for (word, image) in [("before", before), ("after", after)] {
      guard let image else { continue }
      lines += "\(word) \(String(decoding: image.json, as: UTF8.self))\n\(String(decoding: image.text, as: UTF8.self))"
    }
    return lines
  }

  var byteCount: Int { [before, after].reduce(0) { $0 + ($1?.json.count ?? 0) + ($1?.text.count ?? 0) } }
}

/// Takes events one by one, from the frame to the written rows, as the program does.
struct EventReplay {
  var stream: EventFramer
  var decoder: EventDecoder

  init(filter: TableFilter = TableFilter(), columnNames: ColumnNames = .logged, maxEventBytes: Int = Limits.event) {
    stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    decoder = EventDecoder(filter: filter, columnNames: columnNames, maxEventBytes: maxEventBytes)
  }

  /// Takes the next event; returns the rows of included tables that it changes.
  @discardableResult
  mutating func take(_ event: [UInt8]) throws(BinlogError) -> [ReplayedRow] {
    let bytes = event.span.bytes
    let frame = try stream.accept(bytes, at: 0)
    guard frame.header.type == .transactionPayload else { return try take(frame, bytes) }
    var rows: [ReplayedRow] = []
    var events = try PayloadEvents(frame.body(in: bytes), in: frame, maxEventBytes: decoder.maxEventBytes)
    while let inner = try events.next() { rows += try take(inner, events.bytes) }
    return rows
  }

  private mutating func take(_ frame: EventFrame, _ bytes: RawSpan) throws(BinlogError) -> [ReplayedRow] {
    guard case .rows(let rows, let table) = try decoder.decode(frame, frame.body(in: bytes)) else { return [] }
    do { return try Self.write(rows, table) } catch {
      var error = error
      error.eventType = frame.header.type
      throw error
    }
  }

  private static func write(_ rows: borrowing RowsEvent, _ table: TablePlan) throws(BinlogError) -> [ReplayedRow] {
    var json = try RowCursor(rows, table)
    var text = try RowCursor(rows, table)
    var single = try RowCursor(rows, table)
    var singles = ImagesByColumn()
    var jsonWriter = ImageWriter<JSONImage>()
    var textWriter = ImageWriter<TextImage>()
    var written: [ReplayedRow] = []
    while !json.isAtEnd {
      var row = ReplayedRow(kind: rows.kind, table: table.qualifiedName, schema: table.tableSchema)
      if rows.kind.hasBefore {
        try json.visitBefore(&jsonWriter)
        try text.visitBefore(&textWriter)
        row.before = take(&jsonWriter, &textWriter)
      }
      if rows.kind.hasAfter {
        try json.visitAfter(&jsonWriter)
        try text.visitAfter(&textWriter)
        row.after = take(&jsonWriter, &textWriter)
      }
      try singles.check(&single, row, table)
      written.append(row)
    }
    let isAtEnd = single.isAtEnd
    #expect(isAtEnd)
    return written
  }

  private static func take(
    _ json: inout ImageWriter<JSONImage>, _ text: inout ImageWriter<TextImage>
  ) -> ReplayedRow.Image {
    defer {
      json.buffer.removeAll()
      text.buffer.removeAll()
    }
    // An image's first line begins behind the end of the line before it.
    return (json.buffer.array, Array(text.buffer.array.dropFirst()))
  }
}

/// Images whose columns are shown one by one: they are those that come as a whole.
private struct ImagesByColumn: ~Copyable {
  private var before = ImageLayout()
  private var after = ImageLayout()
  private var writer = ImageWriter<JSONImage>()

  /// Reads the next row, and compares its images with those of `row`, and what differs between them with the bytes of their values.
  mutating func check(_ rows: inout RowCursor, _ row: ReplayedRow, _ table: TablePlan) throws(BinlogError) {
    try rows.measureRow(&before, &after)
    if let image = row.before { try Self.check(&rows, before, image, table, &writer) }
    if let image = row.after { try Self.check(&rows, after, image, table, &writer) }
    guard row.before != nil, row.after != nil else { return }
    for index in table.columns.indices where before.state(index) == .value && after.state(index) == .value {
      let old = try Self.value(&rows, index, before, &writer)
      let new = try Self.value(&rows, index, after, &writer)
      let differs = rows.differs(index, before, after)
      // A document can have several forms, and the sign of a zero of DECIMAL is not shown.
      #expect(differs || old == new)
    }
  }

  private static func check(
    _ rows: inout RowCursor, _ layout: borrowing ImageLayout, _ image: ReplayedRow.Image, _ table: TablePlan,
    _ writer: inout ImageWriter<JSONImage>
  ) throws(BinlogError) {
    writer.buffer.removeAll()
    writer.beginImage()
    for index in table.columns.indices { try rows.visit(index, layout, &writer) }
    writer.endImage()
    #expect(writer.buffer.array == image.json)
  }

  private static func value(
    _ rows: inout RowCursor, _ index: Int, _ layout: borrowing ImageLayout, _ writer: inout ImageWriter<JSONImage>
  ) throws(BinlogError) -> [UInt8] {
    writer.buffer.removeAll()
    try rows.visit(index, layout, &writer)
    return writer.buffer.array
  }
}

extension Fixture {
  /// The fixtures whose rows can all be read.
  static let readable = [
    "mysql-9.7-full", "mysql-9.7-minimal", "mysql-9.7-no-checksum", "mysql-9.7-row-image-minimal",
    "mariadb-10.11-full", "mariadb-10.11-minimal", "mariadb-10.11-no-log", "mariadb-11.8-full",
    "mariadb-11.8-row-image-minimal", "mysql-9.7-partial-json", "mysql-9.7-partial-json-minimal",
    "mysql-9.7-compressed",
    "mariadb-11.8-compressed", "mariadb-11.8-compressed-columns", "mysql-9.7-tagged-gtid", "mariadb-11.8-annotated",
  ]
}
