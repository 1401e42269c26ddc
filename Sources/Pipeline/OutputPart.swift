import BinlogParser
import ParquetWriter
import Platform

/// The part of a binlog file that becomes visible at one time: from where the output was cut to where it is cut next.
///
/// It is one file, or one for each partition. At most `openLimit` files can take more rows at a time, and what is in their
/// memory is bounded. When there are more partitions, the file that has waited longest is completed and sealed; rows that
/// still come for its partition go into another one, "…-2.parquet".
final class OutputPart {
  /// Files that grow at a time: each has a descriptor. They leave some to the connections and to whatever else is open.
  static let openLimit = min(256, max(1, DescriptorLimit.current - 64))
  /// Bytes of growing files that are still in memory: objects that are uploaded in large pieces keep some.
  static let bufferedByteLimit = 64 << 20

  /// The binlog file.
  let binlogFile: String
  /// Where its first transaction starts; nil where that is not known yet.
  var start: UInt64?
  /// All of its rows so far end at or before this position.
  var lastPosition: UInt64
  private let output: ParquetOutput
  private var growing: [Partition: File] = [:]
  private var complete: [(file: File, summary: ParquetFileWriter.Summary)] = []
  /// Number of files in each folder, with names in lower case: some file systems take "T" and "t", or two
  /// spellings of one accented letter, for the same name. (Strings that are equal are such spellings too.)
  private var numbers: [String: Int] = [:]
  private var useCount: UInt64 = 0
  private var completeByteCount = 0

  private struct File {
    let name: String
    let writer: ParquetFileWriter
    var lastUse: UInt64
  }

  /// A part without rows, which begins at `start` of `binlogFile`.
  init(_ binlogFile: String, start: UInt64?, _ output: ParquetOutput) {
    self.binlogFile = binlogFile
    self.start = start
    self.output = output
    lastPosition = start ?? 0
  }

  /// Bytes of all of its files.
  var byteCount: Int { growing.values.reduce(completeByteCount) { $0 + $1.writer.byteCount } }
  /// The names of all of its files.
  var names: [String] { complete.map(\.file.name) + growing.values.map(\.name).sorted() }

  /// Makes the file of `partition`, if it is not there yet.
  func open(_ partition: Partition, serverVersion: String) throws(ParquetError) {
    useCount += 1
    growing[partition]?.lastUse = useCount
    guard growing[partition] == nil else { return }
    if growing.count >= Self.openLimit { try sealOldest(serverVersion) }
    let name = newName(in: partition.folder)
    let writer = try ParquetFileWriter(
      place: output.place, name: name, schema: output.schema, application: output.properties.application)
    growing[partition] = File(name: name, writer: writer, lastUse: useCount)
    output.log.opened(writer.path)
  }

  private func newName(in folder: String) -> String {
    let number = numbers[folder.lowercased(), default: 0] + 1
    numbers[folder.lowercased()] = number
    let name = output.naming.name(binlogFile, start: start ?? 0, number: number)
    return folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// Writes `batch` as the next row group of the file of `partition`.
  func write(
    _ batch: RowChangeBatch, of partition: Partition, _ encoder: inout RowGroupEncoder, serverVersion: String
  ) throws(ParquetError) {
    try open(partition, serverVersion: serverVersion)
    try growing[partition]?.writer.writeRowGroup(batch.columns, &encoder)
    while bufferedByteCount > Self.bufferedByteLimit { try sealLargest(serverVersion) }
  }

  private var bufferedByteCount: Int { growing.values.reduce(0) { $0 + $1.writer.bufferedByteCount } }

  private func sealOldest(_ serverVersion: String) throws(ParquetError) {
    try seal(growing.min { $0.value.lastUse < $1.value.lastUse }?.key, serverVersion)
  }

  private func sealLargest(_ serverVersion: String) throws(ParquetError) {
    try seal(growing.max { $0.value.writer.bufferedByteCount < $1.value.writer.bufferedByteCount }?.key, serverVersion)
  }

  private func seal(_ partition: Partition?, _ serverVersion: String) throws(ParquetError) {
    guard let partition, let file = growing[partition] else { return }
    try complete(file, of: partition, serverVersion)
    try file.writer.seal()
  }

  private func complete(_ file: File, of partition: Partition, _ serverVersion: String) throws(ParquetError) {
    let summary = try file.writer.complete(keyValueMetadata: metadata(file.name, serverVersion))
    growing[partition] = nil
    complete.append((file, summary))
    completeByteCount += summary.bytes
  }

  private func metadata(_ name: String, _ serverVersion: String) -> [KeyValue] {
    var metadata = [
      KeyValue("binlog_file", binlogFile),
      KeyValue("first_position", "\(start ?? 0)"),
      KeyValue("last_position", "\(lastPosition)"),
      KeyValue("server_version", serverVersion),
    ]
    if let uuid = output.serverUUID { metadata.append(KeyValue("server_uuid", uuid)) }
    if output.takenOver.contains(name) { metadata.append(.nonce()) }
    return metadata
  }

  /// Completes all files and lets them appear, one after the other.
  ///
  /// - Returns: the files that appeared.
  func publish(serverVersion: String) throws(ParquetError) -> [Checkpoint.File] {
    for (partition, file) in growing.sorted(by: { $0.value.name < $1.value.name }) {
      try complete(file, of: partition, serverVersion)
    }
    var files: [Checkpoint.File] = []
    for (file, summary) in complete {
      try file.writer.publish()
      files.append(Checkpoint.File(path: file.writer.path, rows: summary.rows, bytes: summary.bytes))
      output.log.finished(file.writer.path, summary)
    }
    complete = []
    return files
  }

  /// Gives up all files that are not visible yet.
  func abandon() {
    for file in growing.values { file.writer.abandon() }
    for (file, _) in complete { file.writer.abandon() }
    growing = [:]
    complete = []
  }
}
