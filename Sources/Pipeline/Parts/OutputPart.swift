import BinlogParser
import Platform

/// The part of a binlog file that becomes visible at one time: from where the output was cut to where it is cut next.
///
/// It is one file, or one for each partition. At most `openLimit` files can take more rows at a time, and what is in their
/// memory is bounded. When there are more partitions, the file that has waited longest is completed and sealed; rows that
/// still come for its partition go into another one, "…-2".
final class OutputPart<Format: PartFormat> {
  /// Files that grow at a time: each has a descriptor. They leave some to the connections and to whatever else is open.
  static var openLimit: Int { min(256, max(1, DescriptorLimit.current - 64)) }
  /// Part of the memory that growing files may keep: objects that are uploaded in large pieces keep some.
  private static var bufferedShare: Int { 4 }

  /// The binlog file.
  let binlogFile: String
  /// Where its first transaction starts; nil where that is not known yet.
  var start: UInt64?
  /// All of its rows so far end at or before this position.
  var lastPosition: UInt64
  private let format: Format
  private let output: PartOutput
  private var growing: [Partition: File] = [:]
  private var complete: [(file: any OutputFile, name: String, facts: CompletedFile)] = []
  /// Number of files in each folder, with names in lower case: some file systems take "T" and "t", or two
  /// spellings of one accented letter, for the same name. (Strings that are equal are such spellings too.)
  private var numbers: [String: Int] = [:]
  private var useCount: UInt64 = 0
  private var completeByteCount = 0

  private struct File {
    let name: String
    let output: any OutputFile
    let content: Format.Content
    var lastUse: UInt64
  }

  /// A part without rows, which begins at `start` of `binlogFile`.
  init(_ binlogFile: String, start: UInt64?, _ format: Format, _ output: PartOutput) {
    self.binlogFile = binlogFile
    self.start = start
    self.format = format
    self.output = output
    lastPosition = start ?? 0
  }

  /// Bytes of all of its files.
  var byteCount: Int { growing.values.reduce(completeByteCount) { $0 + $1.output.byteCount } }
  /// The names of all of its files.
  var names: [String] { complete.map(\.name) + growing.values.map(\.name).sorted() }

  /// Makes the file of `partition`, if it is not there yet.
  func open(_ partition: Partition, serverVersion: String) throws(PipelineError) {
    useCount += 1
    growing[partition]?.lastUse = useCount
    guard growing[partition] == nil else { return }
    if growing.count >= Self.openLimit { try sealOldest(serverVersion) }
    let name = newName(in: partition.folder)
    let file = try asPart { () throws(OutputError) in try output.place.createFile(name) }
    let content = try format.begin(file, isTakenOver: output.takenOver.contains(name))
    growing[partition] = File(name: name, output: file, content: content, lastUse: useCount)
    output.log.opened(file.finalPath)
  }

  private func newName(in folder: String) -> String {
    let number = numbers[folder.lowercased(), default: 0] + 1
    numbers[folder.lowercased()] = number
    let name = output.naming.name(binlogFile, start: start ?? 0, number: number)
    return folder.isEmpty ? name : "\(folder)/\(name)"
  }

  /// Writes `batch` at the end of the file of `partition`.
  func write(_ batch: Format.Batch, of partition: Partition, serverVersion: String) throws(PipelineError) {
    try open(partition, serverVersion: serverVersion)
    if let file = growing[partition] { try format.append(batch, to: file.content) }
    while bufferedByteCount > output.memoryLimit / Self.bufferedShare { try sealLargest(serverVersion) }
  }

  private var bufferedByteCount: Int { growing.values.reduce(0) { $0 + byteCountInMemory(of: $1) } }

  private func byteCountInMemory(of file: File) -> Int {
    file.output.bufferedByteCount + format.byteCountInMemory(of: file.content)
  }

  private func sealOldest(_ serverVersion: String) throws(PipelineError) {
    try seal(sealable.min { $0.value.lastUse < $1.value.lastUse }?.key, serverVersion)
  }

  private func sealLargest(_ serverVersion: String) throws(PipelineError) {
    try seal(sealable.max { byteCountInMemory(of: $0.value) < byteCountInMemory(of: $1.value) }?.key, serverVersion)
  }

  /// The growing files, of which those that wait for nothing come first.
  private var sealable: [Partition: File] {
    let idle = growing.filter { !format.waitsForTransaction($0.value.content) }
    return idle.isEmpty ? growing : idle
  }

  private func seal(_ partition: Partition?, _ serverVersion: String) throws(PipelineError) {
    guard let partition, let file = growing[partition] else { return }
    if format.waitsForTransaction(file.content) { output.log.cutShort(file.output.finalPath) }
    try complete(file, of: partition, serverVersion, isWithinTransaction: true)
    try asPart { () throws(OutputError) in try file.output.seal() }
  }

  private func complete(
    _ file: File, of partition: Partition, _ serverVersion: String, isWithinTransaction: Bool = false
  ) throws(PipelineError) {
    let facts = PartFacts(
      binlogFile: binlogFile, firstPosition: start ?? 0, lastPosition: lastPosition, serverVersion: serverVersion,
      isWithinTransaction: isWithinTransaction)
    let completed = try format.complete(file.content, facts)
    growing[partition] = nil
    complete.append((file.output, file.name, completed))
    completeByteCount += file.output.byteCount
  }

  /// Completes all files and lets them appear, one after the other.
  ///
  /// - Returns: the files that appeared.
  func publish(serverVersion: String) throws(PipelineError) -> [PublishedFile] {
    for (partition, file) in growing.sorted(by: { $0.value.name < $1.value.name }) {
      try complete(file, of: partition, serverVersion)
    }
    var files: [PublishedFile] = []
    for (file, name, facts) in complete {
      try asPart { () throws(OutputError) in try file.publish() }
      let published = Checkpoint.File(path: file.finalPath, rows: facts.rows, bytes: file.byteCount)
      files.append(PublishedFile(file: published, name: name, content: facts.content))
      output.log.finished(published)
    }
    complete = []
    return files
  }

  /// Gives up all files that are not visible yet.
  func abandon() {
    for file in growing.values { file.output.abandon() }
    for (file, _, _) in complete { file.abandon() }
    growing = [:]
    complete = []
  }
}

/// Runs `body`, whose errors are those of files.
private func asPart<Value>(_ body: () throws(OutputError) -> Value) throws(PipelineError) -> Value {
  do { return try body() } catch { throw .file(error) }
}
