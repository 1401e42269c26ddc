import BinlogParser
import Bytes

/// Parts that the lines of an event's rows have in common: Debezium's envelope around the row's images.
///
///     {"op":"u","ts_ms":…,"before":{…},"after":{…},
///      "source":{"connector":"mysql","version":…,"db":…,"table":…,"server_id":…,"gtid":…,"file":…,"pos":…,"row":0,
///                "thread":…,"query":…,"ts_ms":…,"ts_us":…,"seq":…},
///      "transaction":{"id":…,"total_order":1,"data_collection_order":1}}
///
/// Times are those of the commit, and not of the reading: a row that is read again has the same line.
struct ChangeEnvelope: ~Copyable {
  /// Up to the before image.
  private var head = OutputBuffer(capacity: 64)
  /// From the source up to the row's number in its event.
  private var source = OutputBuffer(capacity: 512)
  /// From there up to the row's number in the stream.
  private var sourceEnd = OutputBuffer(capacity: 512)
  /// From there up to the row's number in its transaction.
  private var transaction = OutputBuffer(capacity: 128)

  /// An envelope of nothing.
  init() {}

  /// Prepares the lines of rows of `table` to which the same was done.
  mutating func prepare(
    _ operation: Operation, schema: String, table: String, _ place: borrowing ChangePlace
  ) {
    head.removeAll()
    head.append("{\"op\":\"")
    head.append(operation.letter)
    head.append("\",\"ts_ms\":")
    head.append(decimal: Int64(clamping: place.microseconds / 1000))
    head.append(",\"before\":")
    source.removeAll()
    place.appendSource(schema: schema, table: table, to: &source)
    sourceEnd.removeAll()
    place.appendSourceEnd(to: &sourceEnd)
    transaction.removeAll()
    transaction.append("},\"transaction\":{\"id\":")
    place.appendTransactionID(to: &transaction)
    transaction.append(",\"total_order\":")
  }

  /// Appends everything before the before image.
  @inline(__always)
  borrowing func appendHead(to buffer: inout OutputBuffer) { buffer.append(head.bytes) }

  /// Appends everything behind the after image, and ends the line.
  ///
  /// - Parameters:
  ///   - row: the row's number in its event, from 0.
  ///   - order: its number in the transaction, and in the transaction's changes of its table, from 1.
  borrowing func appendTail(row: Int, sequence: Int64, order: (total: Int, table: Int), to buffer: inout OutputBuffer) {
    buffer.append(source.bytes)
    buffer.append(decimal: Int64(row))
    buffer.append(sourceEnd.bytes)
    buffer.append(decimal: sequence)
    buffer.append(transaction.bytes)
    buffer.append(decimal: Int64(order.total))
    buffer.append(",\"data_collection_order\":")
    buffer.append(decimal: Int64(order.table))
    buffer.append("}}\n")
  }
}

extension ChangeEnvelope {
  /// The change that a line tells of.
  enum Operation {
    case row(RowsKind)
    /// All rows of a table went at once.
    case truncation

    /// Debezium's letter.
    fileprivate var letter: StaticString {
      switch self {
      case .row(.insert): "c"
      case .row(.update): "u"
      case .row(.delete): "d"
      case .truncation: "t"
      }
    }
  }
}
