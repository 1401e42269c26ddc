import BinlogParser
import Pipeline
import Platform

/// The binlog files that a run reads in place of a server's log.
package struct FileSettings: Sendable, Equatable {
  /// The values of `source`.
  enum Source: String, CaseIterable {
    case server, file
  }

  /// The files in the order of the log: by the number at the end of their names.
  package let files: [BinlogFile]
  /// The largest event that is read, in bytes.
  package let maxEventBytes: Int
  /// True if files of the log may be missing between those that are read.
  package let allowsGaps: Bool

  /// What `source` and `files` name; nil where a server is read.
  static func read(_ reader: inout ConfigurationReader, maxEventBytes: Int) -> FileSettings? {
    let source: Source = reader.choice(.source)
    let allowsGaps = reader.flag(.allowGaps)
    guard source == .file else {
      if reader.has(.allowGaps) { reader.report(.allowGaps, "needs \"source\": \"file\" beside it") }
      if reader.has(.files) { reader.report(.files, "needs \"source\": \"file\" beside it") }
      return nil
    }
    reader.require(.files)
    let names = reader.strings(.files) ?? []
    if names.isEmpty, reader.has(.files) { reader.report(.files, "must name at least one file") }
    var files: [BinlogFile] = []
    for name in names { files += resolve(name, &reader) }
    return FileSettings(files: ordered(files, &reader), maxEventBytes: maxEventBytes, allowsGaps: allowsGaps)
  }

  /// The files that one path or pattern names.
  private static func resolve(_ name: String, _ reader: inout ConfigurationReader) -> [BinlogFile] {
    do throws(SystemError) {
      guard FileSystem.isPattern(name), !FileSystem.exists(name) else { return [try file(name)] }
      let paths = try FileSystem.glob(name)
      if paths.isEmpty { refuse(name, "no file fits the pattern", .fileNotFound, &reader) }
      return try paths.map { (path) throws(SystemError) in try file(path) }
    } catch {
      refuse(error.subject, error.reason, error.isNoRegularFile ? .invalidValue : .fileNotFound, &reader)
      return []
    }
  }

  private static func file(_ path: String) throws(SystemError) -> BinlogFile {
    BinlogFile(path: path, byteCount: try InputFile(path).byteCount())
  }

  private static func refuse(
    _ path: String, _ reason: String, _ name: ConfigurationProblem.Name, _ reader: inout ConfigurationReader
  ) {
    reader.report(ConfigurationProblem(name, "files: \(path.quotedForMessage): \(reason)"))
  }

  /// The files by number and name, each once; two files of one name would be one place in the log twice.
  private static func ordered(_ files: [BinlogFile], _ reader: inout ConfigurationReader) -> [BinlogFile] {
    let sorted = files.sorted { a, b in
      (BinlogFileOrder.number(of: a.name) ?? .max, a.name) < (BinlogFileOrder.number(of: b.name) ?? .max, b.name)
    }
    var ordered: [BinlogFile] = []
    for file in sorted {
      guard let last = ordered.last, last.name == file.name else {
        ordered.append(file)
        continue
      }
      guard (try? FileSystem.resolve(last.path)) != (try? FileSystem.resolve(file.path)) else { continue }
      reader.report(.files, "\(last.path.quotedForMessage) and \(file.path.quotedForMessage) have the same name")
    }
    return ordered
  }

  /// The events of the files that `range` touches.
  func source(of range: BinlogRange) -> BinlogFileSource { source(of: range, allowsGaps: allowsGaps) }

  /// The events of the files that `range` touches; with `allowsGaps` files may be missing between them.
  func source(of range: BinlogRange, allowsGaps: Bool) -> BinlogFileSource {
    let first = files.firstIndex { $0.name == range.from.file } ?? files.startIndex
    let last = files.firstIndex { $0.name == range.toFile } ?? files.index(before: files.endIndex)
    return BinlogFileSource(
      files, first..<max(first, last + 1), from: range.from.offset, maxEventBytes: maxEventBytes,
      allowsGaps: allowsGaps)
  }

  /// The files in one line for the log.
  var summary: String {
    let names = files.count < 4 ? files.map(\.path) : [files[0].path, "…", files[files.count - 1].path]
    return "files: \(files.count) (\(names.joined(separator: ", "))), \(files.reduce(0) { $0 + $1.byteCount }) bytes"
  }
}

extension BinlogRange {
  /// The range in `settings`' files that the four range keys name; where they say nothing it is all of them.
  init(_ reader: inout ConfigurationReader, in settings: FileSettings) {
    let names = settings.files.map(\.name)
    let from = Self.file(.fromBinlogFile, names, &reader)
    let to = Self.file(.toBinlogFile, names, &reader)
    let fromOffset = UInt64(reader.count(.fromBinlogPosition))
    let toOffset = reader.integer(.toBinlogPosition).map { UInt64($0) }
    if reader.has(.toBinlogPosition), !reader.has(.toBinlogFile) {
      reader.report(.toBinlogPosition, "needs to_binlog_file beside it")
    }
    let first = from ?? 0
    self.init(
      from: BinlogPosition(file: names.isEmpty ? "" : names[first], offset: fromOffset),
      toFile: to.map { names[$0] }, toOffset: toOffset)
    guard let to else { return }
    if to < first {
      reader.report(.toBinlogFile, "\(names[to]) comes before \(reader.name(of: .fromBinlogFile)) \(names[first])")
    }
    guard to == first, let toOffset, toOffset <= fromOffset else { return }
    reader.report(
      .toBinlogPosition,
      "must be greater than \(reader.name(of: .fromBinlogPosition)) \(fromOffset) in the same file, is \(toOffset)")
  }

  /// The index of the file that `key` names.
  private static func file(_ key: ConfigurationKey, _ names: [String], _ reader: inout ConfigurationReader) -> Int? {
    guard let text = reader.text(key) else { return nil }
    let index = names.firstIndex(of: text)
    if index == nil, !names.isEmpty { reader.report(key, "is none of the files: \(text.quotedForMessage)") }
    return index
  }
}
