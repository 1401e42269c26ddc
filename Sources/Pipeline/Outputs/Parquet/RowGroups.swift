import ParquetWriter
import Platform

/// The row groups of a Parquet file that grows, of which the last may wait for the XID of their transaction.
final class RowGroups {
  private let writer: ParquetFileWriter
  /// The XIDs of row groups that were written before their transaction ended.
  private var xids: [XIDColumn] = []

  /// No row groups of the file of `writer`.
  init(_ writer: ParquetFileWriter) { self.writer = writer }

  /// True if the end of a transaction will bring the XIDs of rows that are in the file.
  var waitForTransaction: Bool { !xids.isEmpty }

  /// Writes `batch`, whose XIDs are `batchXIDs`, as the next row group.
  func write(
    _ batch: borrowing some RowBatch & ~Copyable, _ encoder: inout RowGroupEncoder, _ batchXIDs: XIDColumn?
  ) throws(ParquetError) {
    // The order of messages decides, and not how far the other thread is: the file is the same each time.
    if xids.last?.open !== batchXIDs?.open { try writeXIDs(&encoder) }
    try writer.writeRowGroup(batch, &encoder)
    if let batchXIDs, batchXIDs.open != nil { xids.append(batchXIDs) }
  }

  /// Writes the XIDs of all rows that have none yet, but for those of the transaction `unknown`, which is open.
  private func writeXIDs(_ encoder: inout RowGroupEncoder, unknown: PendingXID? = nil) throws(ParquetError) {
    guard !xids.isEmpty else { return }
    let columns = xids
    try writer.completeRowGroups(&encoder) { columns[$0].column(unknown: unknown) }
    xids.removeAll()
  }

  /// Writes the end of the file with `metadata`.
  ///
  /// - Parameter isWithinTransaction: true if the transaction of the last rows may not have ended.
  func complete(
    _ metadata: [KeyValue], _ encoder: inout RowGroupEncoder, isWithinTransaction: Bool
  ) throws(ParquetError) -> ParquetFileWriter.Summary {
    try writeXIDs(&encoder, unknown: isWithinTransaction ? xids.last?.open : nil)
    return try writer.complete(keyValueMetadata: metadata)
  }
}

extension PartFacts {
  /// Entries that footers have of a part.
  func metadata(serverUUID: String?) -> [KeyValue] {
    let facts = [
      KeyValue("binlog_file", binlogFile), KeyValue("first_position", "\(firstPosition)"),
      KeyValue("last_position", "\(lastPosition)"), KeyValue("server_version", serverVersion),
    ]
    return facts + (serverUUID.map { [KeyValue("server_uuid", $0)] } ?? [])
  }
}

extension KeyValue {
  /// Difference of a file from one with the same rows.
  static func nonce() -> KeyValue { KeyValue("write_id", Nonce.make()) }
}
