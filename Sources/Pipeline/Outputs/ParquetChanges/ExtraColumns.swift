import BinlogParser
import Bytes
import ParquetWriter

/// The chosen columns behind the nine, with the rows of one row group.
///
/// One thread at a time fills them; several may read them when it is done.
final class ExtraColumns: @unchecked Sendable {
  /// The columns in their order.
  let chosen: [ExtraColumn]
  private(set) var rowCount = 0
  private var file = DictionaryColumn()
  private var sequence = Int64Column(capacity: 16)
  private var gtid = DictionaryColumn()
  private(set) var xid = XIDColumn()
  private var threadID = Int64Column(capacity: 16)
  private var commitTime = Int64Column(capacity: 16)
  private var query = DictionaryColumn()

  /// Columns without rows.
  init(_ chosen: [ExtraColumn]) { self.chosen = chosen }

  /// Bytes of the values that can be large.
  var byteCount: Int { gtid.byteCount + query.byteCount }

  /// True when a dictionary may be too large with the next statement: some readers take no column that has one in only some
  /// of its row groups.
  var isFull: Bool { gtid.isNearLimit || query.isNearLimit }

  /// Adds rows of an event up to `rowCount` in all.
  ///
  /// - Parameter first: the number of the first of them in the stream.
  func fill(
    to rowCount: Int, _ origin: RowsOrigin, first: Int64, file name: String, _ pending: PendingXID?
  ) throws(ParquetError) {
    let count = rowCount - self.rowCount
    self.rowCount = rowCount
    guard count > 0 else { return }
    let transaction = origin.transaction
    for column in chosen {
      switch column {
      case .file: try file.append(name, count: count)
      case .seq: for row in 0..<count { sequence.append(first &+ Int64(row)) }
      case .gtid: try gtid.append(transaction.gtid, count: count)
      case .xid: if let pending { xid.append(pending, count) }
      case .threadID: threadID.append(transaction.threadID.map { Int64($0) }, count: count)
      case .commitTime: commitTime.append(Int64(clamping: transaction.microseconds(of: origin.frame)), count: count)
      case .query:
        try query.append(transaction.statement.map { String(decoding: $0, as: UTF8.self) }, count: count)
      }
    }
  }

  /// Notes whether the last rows' transaction is open, before they are taken away.
  func noteOpen() { xid.noteOpen() }

  /// Shows the columns in their order.
  func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    for column in chosen {
      switch column {
      case .file: try receiver.append(file)
      case .seq: try receiver.append(sequence)
      case .gtid: try receiver.append(gtid)
      case .xid: if xid.open == nil { try receiver.append(xid.column()) } else { receiver.postpone() }
      case .threadID: try receiver.append(threadID)
      case .commitTime: try receiver.append(commitTime)
      case .query: try receiver.append(query)
      }
    }
  }

  /// Forgets all rows.
  func removeAll() {
    rowCount = 0
    file.removeAll()
    sequence.removeAll()
    gtid.removeAll()
    xid.removeAll()
    threadID.removeAll()
    commitTime.removeAll()
    query.removeAll()
  }
}

extension DictionaryColumn {
  /// Room that a dictionary keeps for the largest value.
  private static var reservedByteCount: Int { TransactionContext.longestStatement * 2 }

  /// True if the dictionary may not take one more large value.
  fileprivate var isNearLimit: Bool {
    entryByteCount + Self.reservedByteCount > WriterProperties.defaultDictionaryPageSizeLimit
      || entryCount >= Self.entryLimit
  }
}
