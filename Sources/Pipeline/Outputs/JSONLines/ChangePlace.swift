import BinlogParser
import Bytes

/// Place of an event, and its transaction, as the members of `source` say them.
struct ChangePlace {
  /// The version of this program.
  let version: String
  /// The log is MariaDB's.
  let isMariaDB: Bool
  /// The binlog file.
  let file: String
  /// The event.
  let frame: EventFrame
  /// Its transaction.
  let transaction: TransactionContext

  /// Time of the commit, in microseconds since 1970; where the log does not say, the second of the event.
  var microseconds: UInt64 { transaction.microseconds(of: frame) }

  /// Appends `,"source":{` and its members up to the row's number.
  ///
  /// - Parameter table: nil for an event that is of no table.
  func appendSource(schema: String?, table: String?, to buffer: inout OutputBuffer) {
    buffer.append(isMariaDB ? ",\"source\":{\"connector\":\"mariadb\"" : ",\"source\":{\"connector\":\"mysql\"")
    buffer.append(",\"version\":")
    buffer.append(json: version)
    buffer.append(",\"db\":")
    buffer.append(json: schema)
    buffer.append(",\"table\":")
    buffer.append(json: table)
    buffer.append(",\"server_id\":")
    buffer.append(decimal: Int64(frame.header.serverID))
    buffer.append(",\"gtid\":")
    buffer.append(json: transaction.gtid)
    buffer.append(",\"file\":")
    buffer.append(json: file)
    buffer.append(",\"pos\":")
    buffer.append(decimal: frame.end)
    buffer.append(",\"row\":")
  }

  /// Appends the members behind the row's number, up to the row's number in the stream.
  func appendSourceEnd(to buffer: inout OutputBuffer) {
    buffer.append(",\"thread\":")
    if let thread = transaction.threadID { buffer.append(decimal: Int64(thread)) } else { buffer.append("null") }
    buffer.append(",\"query\":")
    if let statement = transaction.statement {
      var text = OutputBuffer(capacity: statement.count)
      text.append(contentsOf: statement)
      _ = buffer.append(jsonString: text.bytes)
    } else {
      buffer.append("null")
    }
    buffer.append(",\"ts_ms\":")
    buffer.append(decimal: Int64(clamping: microseconds / 1000))
    buffer.append(",\"ts_us\":")
    buffer.append(decimal: Int64(clamping: microseconds))
    buffer.append(",\"seq\":")
  }

  /// Appends the transaction's id: its GTID, or else where it starts.
  func appendTransactionID(to buffer: inout OutputBuffer) {
    buffer.append(json: transaction.gtid ?? "\(file):\(transaction.start)")
  }
}

extension OutputBuffer {
  /// Appends `text` as a JSON string, or null.
  fileprivate mutating func append(json text: String?) {
    guard let text else { return append("null") }
    _ = append(jsonString: OutputBuffer(utf8: text).bytes)
  }
}
