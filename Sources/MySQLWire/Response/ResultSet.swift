import Bytes

/// What a query returned, in the text protocol: every value a string or NULL.
public struct ResultSet: Sendable, Equatable {
  /// Column names; none for a statement without a result.
  public internal(set) var columns: [String] = []
  /// The rows, each with one value for each column.
  public internal(set) var rows: [[String?]] = []

  /// The value in the first row under `column`, compared without regard to ASCII case.
  public func first(_ column: String) -> String? {
    guard let index = columns.firstIndex(where: { $0.lowercased() == column.lowercased() }) else { return nil }
    return rows.first?[index]
  }
}

/// Builds a `ResultSet` from the payloads of a COM_QUERY response, one at a time; does no input or output.
///
/// `int<lenenc> column_count`, that many column definitions, EOF, rows, EOF or ERR.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query_response_text_resultset.html>.
package struct ResultSetDecoder {
  /// The first byte of a response that asks for a local file.
  static let localInfileRequest: UInt8 = 0xFB

  private enum State {
    case first
    case columns(Int)
    case columnsEnd
    case rows
  }

  private var state = State.first
  private var result = ResultSet()
  private let limit: Int
  /// Bytes of memory that the result takes, roughly.
  private var used = 0

  /// A decoder of a result that may take `limit` bytes of memory.
  package init(limit: Int = Limits.queryResult) { self.limit = limit }

  /// Takes the next payload; returns the result once it is complete.
  package mutating func receive(_ payload: RawSpan) throws(WireFailure) -> ResultSet? {
    try account(payload)
    if payload.byteCount > 0, payload[byteAt: 0] == ERRPacket.header {
      throw .server(try WireFailure.naming("ERR packet") { () throws(DecodeError) in try ERRPacket(payload) })
    }
    switch state {
    case .first: return try receiveFirst(payload)
    case .columns(let left): try receiveColumn(payload, left: left)
    case .columnsEnd:
      _ = try Self.end(payload)
      state = .rows
    case .rows:
      if EOFPacket.matches(payload) {
        let flags = try Self.end(payload).statusFlags
        return try finish(flags)
      }
      try receiveRow(payload)
    }
    return nil
  }

  /// A NULL is one byte on the wire and a value of 16 in memory; every row has a header.
  private mutating func account(_ payload: RawSpan) throws(WireFailure) {
    used += payload.byteCount + 64
    if case .rows = state { used += result.columns.count * MemoryLayout<String?>.size }
    guard used <= limit else { throw .tooLarge(size: used, limit: limit) }
  }

  private mutating func receiveFirst(_ payload: RawSpan) throws(WireFailure) -> ResultSet? {
    guard payload.byteCount > 0 else {
      throw .malformed(packet: "query response", DecodeError(.truncated, at: 0, "header"))
    }
    switch payload[byteAt: 0] {
    case OKPacket.header:
      let packet = try WireFailure.naming("OK packet") { () throws(DecodeError) in try OKPacket(payload) }
      return try finish(packet.statusFlags)
    case Self.localInfileRequest: throw .localInfileRefused
    case let byte:
      let count = try WireFailure.naming("query response") { () throws(DecodeError) in
        var cursor = ByteCursor(payload)
        let count = try cursor.lenencInteger("column_count")
        try cursor.expectEnd("column_count")
        return count
      }
      // A table has at most 4096 columns, and a select list no more than the server's limit of 16 bits.
      guard count > 0, count <= 0xFFFF else { throw .unexpectedPacket(firstByte: byte) }
      state = .columns(Int(count))
      return nil
    }
  }

  private mutating func receiveColumn(_ payload: RawSpan, left: Int) throws(WireFailure) {
    let name = try WireFailure.naming("column definition") { () throws(DecodeError) in try Self.columnName(payload) }
    result.columns.append(name)
    state = left > 1 ? .columns(left - 1) : .columnsEnd
  }

  /// `string<lenenc>` catalog, schema, table, org_table, name, org_name, and what is not needed here.
  private static func columnName(_ payload: RawSpan) throws(DecodeError) -> String {
    var cursor = ByteCursor(payload)
    for _ in 0..<4 { _ = try cursor.lenencBytes("column definition") }
    return try cursor.lenencBytes("name").utf8String
  }

  private mutating func receiveRow(_ payload: RawSpan) throws(WireFailure) {
    let count = result.columns.count
    let row = try WireFailure.naming("row") { () throws(DecodeError) in
      var cursor = ByteCursor(payload)
      var row: [String?] = []
      for _ in 0..<count { row.append(try Self.value(&cursor, payload)) }
      try cursor.expectEnd("row")
      return row
    }
    result.rows.append(row)
  }

  /// `int<1> 0xFB` for NULL, else `string<lenenc>`.
  @_lifetime(cursor: copy cursor)
  private static func value(_ cursor: inout ByteCursor, _ payload: RawSpan) throws(DecodeError) -> String? {
    if cursor.remaining > 0, payload[byteAt: cursor.offset] == 0xFB {
      try cursor.skip(1, "NULL")
      return nil
    }
    return try cursor.lenencBytes("value").utf8String
  }

  private static func end(_ payload: RawSpan) throws(WireFailure) -> EOFPacket {
    try WireFailure.naming("EOF packet") { () throws(DecodeError) in try EOFPacket(payload) }
  }

  private func finish(_ statusFlags: UInt16) throws(WireFailure) -> ResultSet {
    guard statusFlags & EOFPacket.moreResultsExist == 0 else {
      throw .malformed(packet: "query response", DecodeError(.unsupported, at: 0, "second result set"))
    }
    return result
  }
}
