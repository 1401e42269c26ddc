/// The files of a part in Delta tables: kept in the checkpoint that makes the part complete, until every table's log has it.
public struct DeltaPart: Codable, Equatable, Sendable {
  /// Identity of the checkpoint, by which logs know its parts.
  let application: String
  /// The number of the part; each is larger than the one before it.
  let number: Int64
  /// The tables whose logs may not have the part yet.
  var tables: [Table]

  enum CodingKeys: String, CodingKey {
    case application = "app_id"
    case number = "part"
    case tables
  }

  /// The files of one table.
  package struct Table: Codable, Equatable, Sendable {
    /// The table's folder, below the output folder.
    let folder: String
    /// The columns that its files can have.
    let columns: [DeltaColumn]
    /// True if its files are divided by days.
    let isDivided: Bool
    var files: [DeltaAction.Add]

    enum CodingKeys: String, CodingKey {
      case folder, columns, files
      case isDivided = "by_date"
    }
  }
}

extension DeltaPart {
  /// The part `number` of the checkpoint `application`, of `files` that appeared at `time`, in milliseconds since 1970.
  init(_ files: [PublishedFile], application: String, number: Int64, time: Int64) {
    self.application = application
    self.number = number
    var tables: [String: Table] = [:]
    for file in files {
      guard let content = file.content else { continue }
      var table = tables[content.folder] ?? Table(content, isDivided: file.day(in: content.folder) != nil)
      table.files.append(DeltaAction.Add(file, content, time: time))
      tables[content.folder] = table
    }
    self.tables = tables.values.sorted { $0.folder < $1.folder }
  }

  /// `part`, once every log has it.
  init(doneBy part: DeltaPart) {
    self = part
    tables = []
  }

  /// True if every log has the part.
  var isDone: Bool { tables.isEmpty }
}

extension DeltaPart.Table {
  fileprivate init(_ content: DatasetFile, isDivided: Bool) {
    let columns = content.columns.map { DeltaColumn($0) }
    self.init(
      folder: content.folder, columns: isDivided ? columns + [.day] : columns, isDivided: isDivided, files: [])
  }
}

extension DeltaAction.Add {
  fileprivate init(_ file: PublishedFile, _ content: DatasetFile, time: Int64) {
    let day = file.day(in: content.folder)
    self.init(
      path: DeltaPath.encoded(file.path(in: content.folder)),
      partitionValues: day.map { [DeltaColumn.day.name: $0] } ?? [:], size: Int64(file.file.bytes),
      modificationTime: time, dataChange: true,
      stats: DeltaStatistics(rows: file.file.rows, content.statistics).text)
  }
}

extension PublishedFile {
  /// The path in `folder`.
  fileprivate func path(in folder: String) -> String { String(name.dropFirst(folder.count + 1)) }

  /// The day of the rows, where files are divided by days: "2026-01-31".
  fileprivate func day(in folder: String) -> String? {
    let parts = path(in: folder).split(separator: "/")
    let start = "\(DeltaColumn.day.name)="
    guard parts.count == 2, parts[0].hasPrefix(start) else { return nil }
    return String(parts[0].dropFirst(start.count))
  }
}
