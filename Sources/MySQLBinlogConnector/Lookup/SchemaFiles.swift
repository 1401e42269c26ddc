import BinlogParser
import Bytes
import Logging
import Platform

/// The tables that `schema_files` define: CREATE TABLE statements as mysqldump, mariadb-dump and SHOW CREATE TABLE write them.
package struct SchemaFiles: ColumnSource {
  private struct Name: Hashable {
    let database: String
    let table: String
  }

  /// Bytes that are read at a time, of dumps that can have many gigabytes.
  private static let step = 1 << 20

  package let completesTypes = true
  private var tables: [Name: TableSchema] = [:]
  private let log = Logger(label: "event_parser")

  /// Reads the files at `paths`.
  ///
  /// - Throws: `ConfigurationProblem` for a file that cannot be read or defines no table, and for a table with two definitions.
  package init(_ paths: [String]) throws(ConfigurationProblem) {
    for path in paths {
      let before = tables.count
      let count = try read(path)
      guard count > 0 else { throw Self.problem("\(path.quotedForMessage) has no CREATE TABLE that names its columns") }
      log.info("schema file \(path): \(count) tables, \(tables.count - before) of them new")
    }
  }

  package func schema(
    of table: String, in database: String, at place: BinlogPosition
  ) throws(ColumnLookupFailure) -> TableSchema {
    guard let schema = tables[Name(database: database, table: table)] else { throw .notInFiles }
    return schema
  }

  /// Reads one file; returns the number of its tables.
  private mutating func read(_ path: String) throws(ConfigurationProblem) -> Int {
    var reader = SchemaReader(path: path)
    var count = 0
    var offset: UInt64 = 0
    let file = try Self.reading(path) { () throws(SystemError) in try InputFile(path) }
    while true {
      var piece = OutputBuffer(capacity: Self.step)
      let byteCount = try Self.reading(path) { () throws(SystemError) in
        try file.read(Self.step, at: offset, appendingTo: &piece)
      }
      offset += UInt64(byteCount)
      reader.append(piece.array)
      count += try take(&reader, path, isLast: byteCount == 0)
      guard byteCount > 0 else { break }
    }
    if let line = reader.alteredLine {
      log.warning("\(path):\(line): ALTER TABLE is not read, here and below: columns are those of CREATE TABLE")
    }
    return count
  }

  private static func reading<Result>(
    _ path: String, _ body: () throws(SystemError) -> Result
  ) throws(ConfigurationProblem) -> Result {
    do throws(SystemError) { return try body() } catch {
      throw ConfigurationProblem(
        error.isNoRegularFile ? .invalidValue : .fileNotFound,
        "\(ConfigurationKey.schemaFiles.rawValue): \(path.quotedForMessage): \(error.reason)")
    }
  }

  /// Takes the tables that `reader` has read; returns their number.
  private mutating func take(
    _ reader: inout SchemaReader, _ path: String, isLast: Bool
  ) throws(ConfigurationProblem) -> Int {
    var count = 0
    while let schema = try Self.next(&reader, path, isLast: isLast) {
      count += 1
      let name = Name(database: schema.database, table: schema.table)
      if let other = tables[name], other.columns != schema.columns || other.primaryKey != schema.primaryKey {
        throw Self.problem(
          "\(schema.origin): \(schema.database).\(schema.table) has another definition in \(other.origin): leave one of them out"
        )
      }
      tables[name] = schema
    }
    return count
  }

  private static func next(
    _ reader: inout SchemaReader, _ path: String, isLast: Bool
  ) throws(ConfigurationProblem) -> TableSchema? {
    do throws(SQLScript.Failure) { return try reader.next(isLast: isLast) } catch {
      throw problem("\(path):\(error.line): \(error.reason)")
    }
  }

  private static func problem(_ message: String) -> ConfigurationProblem {
    ConfigurationProblem(.invalidValue, "\(ConfigurationKey.schemaFiles.rawValue): \(message)")
  }
}
