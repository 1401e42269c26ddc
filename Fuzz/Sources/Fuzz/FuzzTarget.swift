import BinlogParser
import Bytes
import MySQLWire

/// What can be fuzzed. Each takes any bytes, and neither crashes nor hangs nor takes more memory than they justify.
enum FuzzTarget: String, CaseIterable {
  /// A stream of events, as in a file without its magic; sizes, positions and checksums are put right where they lie.
  case events
  /// A TABLE_MAP and a rows event: the first two bytes are the length of the table map, the third chooses the kind.
  case rows
  /// A JSON document.
  case json
  /// The first two bytes are precision and scale of a DECIMAL.
  case decimal
  /// What a server sends: the first byte chooses what it answers to, the password, TLS and the size of deliveries; packets
  /// follow, whose numbers are put right.
  case packets
  /// After a byte T the text of a set of GTIDs, after a byte L a GTID_LIST, after any other a PREVIOUS_GTIDS.
  case gtids
  /// A script with CREATE TABLE statements, which is read in pieces of as many bytes as the first byte says, and one.
  case schemas

  /// Feeds the decoder with `bytes`.
  func take(_ bytes: [UInt8]) {
    switch self {
    case .events: Self.events(bytes)
    case .rows: Self.rows(bytes)
    case .json: Self.json(bytes)
    case .decimal: Self.decimal(bytes)
    case .packets: Self.packets(bytes)
    case .gtids: Self.gtids(bytes)
    case .schemas: Self.schemas(bytes)
    }
  }

  private static func events(_ bytes: [UInt8]) {
    var reader = EventReader()
    var start = 0
    while start + EventHeader.byteCount <= bytes.count {
      let size = (0..<4).reduce(0) { $0 | Int(bytes[start + 9 + $1]) << (8 * $1) }
      let end = min(start + max(size, EventHeader.byteCount), bytes.count)
      reader.take(Array(bytes[start..<end]))
      start = end
    }
  }

  private static func rows(_ bytes: [UInt8]) {
    guard bytes.count > 3 else { return }
    let types: [UInt8] = [30, 31, 32, 23, 24, 25, 20, 21, 22, 39, 166, 167, 168, 169, 170, 171]
    let count = min(Int(bytes[0]) | Int(bytes[1]) << 8, bytes.count - 3)
    var reader = EventReader()
    reader.take(EventReader.event(15, EventReader.formatDescription))
    reader.take(EventReader.event(19, Array(bytes[3..<3 + count])))
    reader.take(EventReader.event(types[Int(bytes[2]) % types.count], Array(bytes[(3 + count)...])))
  }

  private static func json(_ bytes: [UInt8]) {
    var buffer = OutputBuffer(capacity: 256)
    var keys = JSONKeys()
    try? JSONBinary.append(bytes.span.bytes, &keys, to: &buffer)
    // Once more, by the keys that were found.
    var again = OutputBuffer(capacity: 256)
    try? JSONBinary.append(bytes.span.bytes, &keys, to: &again)
    precondition(again.bytes.isEqual(to: buffer.bytes), "another text by known keys")
    // A document can name the same bytes more than once, but only to a limit.
    precondition(buffer.bytes.byteCount <= 1 << 26, "too much text")
  }

  private static func decimal(_ bytes: [UInt8]) {
    guard bytes.count > 2, let type = try? NewDecimal(precision: bytes[0], scale: bytes[1]) else { return }
    var buffer = OutputBuffer(capacity: 128)
    guard bytes.count - 2 >= type.byteCount else { return }
    try? type.append(bytes.span.bytes.extracting(2..<2 + type.byteCount), to: &buffer)
    precondition(buffer.bytes.byteCount <= 84, "more digits than a DECIMAL has")
  }

  private static func packets(_ bytes: [UInt8]) {
    guard let choice = bytes.first else { return }
    let source = ServerBytes(packets: bytes.dropFirst(), step: choice & 0x80 == 0 ? 1 << 16 : 1)
    var conversation = Conversation(source, capacity: choice & 0x40 == 0 ? 1 << 16 : 64)
    do throws(WireFailure) {
      switch choice & 3 {
      case 0: try conversation.dump()
      case 1: try conversation.query()
      default:
        try conversation.logIn(password: choice & 8 == 0 ? "secret" : "", choice & 4 == 0 ? .preferred : .disabled)
        try conversation.query()
      }
    } catch {
      _ = error.description
    }
  }

  /// What is read is printed, and read again: it must be the same.
  private static func gtids(_ bytes: [UInt8]) {
    let body = Array(bytes.dropFirst())
    switch bytes.first {
    case UInt8(ascii: "T"):
      guard let set = try? GTIDSet(String(decoding: body, as: UTF8.self)) else { return }
      precondition((try? GTIDSet(set.description)) == set, "a set that is not read as it was printed")
      if case .mysql(let set) = set { encode(set) }
    case UInt8(ascii: "L"):
      guard let event = try? MariaDBGTIDListEvent(body.span.bytes) else { return }
      let position = MariaDBGTIDPosition(event)
      precondition((try? MariaDBGTIDPosition(position.description)) == position, "not read as it was printed")
    default:
      guard let event = try? PreviousGTIDsEvent(body.span.bytes) else { return }
      let set = MySQLGTIDSet(event)
      precondition((try? MySQLGTIDSet(set.description)) == set, "a set that is not read as it was printed")
      encode(set)
    }
  }

  /// Whatever the pieces are, the tables are the same, or the error.
  private static func schemas(_ bytes: [UInt8]) {
    guard let first = bytes.first else { return }
    let script = Array(bytes.dropFirst())
    precondition(
      tables(script, step: Int(first) + 1) == tables(script, step: max(script.count, 1)), "pieces change the tables")
  }

  private static func tables(_ script: [UInt8], step: Int) -> Result<[TableSchema], SQLScript.Failure> {
    Result { () throws(SQLScript.Failure) in
      var reader = SchemaReader(path: "x.sql")
      var tables: [TableSchema] = []
      for start in stride(from: 0, to: script.count, by: step) {
        reader.append(Array(script[start..<min(start + step, script.count)]))
        while let table = try reader.next(isLast: false) { tables.append(table) }
      }
      while let table = try reader.next(isLast: true) { tables.append(table) }
      return tables
    }
  }

  private static func encode(_ set: MySQLGTIDSet) {
    var buffer = OutputBuffer(capacity: 256)
    set.encode(into: &buffer)
    let event = try? PreviousGTIDsEvent(buffer.array.span.bytes)
    precondition(event.map { MySQLGTIDSet($0) } == set, "a set that is not decoded as it was encoded")
  }
}
