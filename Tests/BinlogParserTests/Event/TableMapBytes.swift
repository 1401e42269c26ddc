import TestSupport

/// Makes the bodies of TABLE_MAP events and of the rows events that follow them.
struct TableMapBytes {
  var tableID: UInt64 = 7
  var tableIDByteCount = 6
  var schema = "shop"
  var table = "orders"
  /// Each column's type code and metadata bytes.
  var columns: [(type: UInt8, metadata: [UInt8])] = []
  /// The columns that may not be NULL.
  var notNull: Set<Int> = []
  /// The optional metadata, in this order.
  var fields: [(type: UInt8, value: [UInt8])] = []

  var body: [UInt8] {
    var body = id + [1, 0]
    for name in [schema, table] { body += [UInt8(name.utf8.count)] + Array(name.utf8) + [0] }
    body += BinlogEvents.lenenc(UInt64(columns.count)) + columns.map(\.type)
    body += BinlogEvents.lenenc(columns.flatMap(\.metadata))
    var nullable = [UInt8](repeating: 0xFF, count: (columns.count + 7) / 8)
    for index in notNull { nullable[index / 8] &= ~(1 << UInt8(index % 8)) }
    body += nullable
    for field in fields { body += [field.type] + BinlogEvents.lenenc(field.value) }
    return body
  }

  /// The body of a rows event of version 2 with `images`; `present` holds one bitmap or two.
  func rows(present: [UInt8], _ images: [UInt8], flags: UInt16 = 1, extra: [UInt8] = []) -> [UInt8] {
    let head = id + BinlogEvents.littleEndian(flags)
    let info = BinlogEvents.littleEndian(UInt16(2 + extra.count)) + extra
    return head + info + BinlogEvents.lenenc(UInt64(columns.count)) + present + images
  }

  private var id: [UInt8] { Array(BinlogEvents.littleEndian(tableID).prefix(tableIDByteCount)) }
}
