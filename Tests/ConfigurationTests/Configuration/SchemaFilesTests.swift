import BinlogParser
import Foundation
import TestSupport
import Testing

import MySQLBinlogConnector

/// Files of CREATE TABLE statements, from the disk to the tables.
@Suite struct SchemaFilesTests {
  private static let place = BinlogPosition(file: "binlog.000001", offset: 4)

  private let folder = try? TemporaryFolder()

  private func write(_ name: String, _ text: String) throws -> String {
    let path = try #require(folder).path + "/" + name
    try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    return path
  }

  @Test func tablesOfAllFilesAreFoundByTheirExactNames() throws {
    let first = try write("a.sql", "USE a; CREATE TABLE t (x int PRIMARY KEY); CREATE TABLE T (y int);")
    let second = try write("b.sql", "CREATE TABLE b.t (z int);\nCREATE TABLE a.t (x int PRIMARY KEY);")
    let files = try SchemaFiles([first, second])
    for (database, table, column) in [("a", "t", "x"), ("a", "T", "y"), ("b", "t", "z")] {
      #expect(try files.schema(of: table, in: database, at: Self.place).columns.map(\.name) == [column])
    }
    #expect(throws: ColumnLookupFailure.notInFiles) { try files.schema(of: "T", in: "b", at: Self.place) }
  }

  /// More than is read at a time, with a statement across the border.
  @Test func aDumpWithItsRowsIsReadInPieces() throws {
    let row = "(1,'" + String(repeating: "it\\'s; ", count: 1000) + "'),"
    let rows = "INSERT INTO `t` VALUES " + String(repeating: row, count: 400) + "(2,'');\n"
    let tables = (0..<2000).map { "CREATE TABLE t\($0) (a int, b varchar(10)) CHARSET=latin1;\n" }.joined()
    let path = try write("dump.sql", "USE d;\n" + rows + tables + rows + "CREATE TABLE last (a int);")
    let files = try SchemaFiles([path])
    #expect(try files.schema(of: "t1999", in: "d", at: Self.place).origin == .file(path: path, line: 2002))
    #expect(try files.schema(of: "last", in: "d", at: Self.place).columns.count == 1)
  }

  @Test(arguments: [
    ("CREATE TABLE a.t (x int);\n\nCREATE TABLE a.t (y int);", "a.sql:3: a.t has another definition in "),
    ("CREATE TABLE a.t (x int);\nCREATE TABLE a.t (x int PRIMARY KEY);", "a.sql:2: a.t has another definition in "),
    ("CREATE TABLE a.t (x text);", "a.sql:1: nothing says the character set of column x"),
    ("CREATE VIEW v AS SELECT 1;", "has no CREATE TABLE that names its columns"),
    ("", "has no CREATE TABLE that names its columns"), ("INSERT INTO t VALUES ('", "a.sql:1: a quote does not end"),
  ])
  func whatIsWrongIsSaidWithFileAndLine(_ text: String, _ message: String) throws {
    let path = try write("a.sql", text)
    let problem = try #require(throws: ConfigurationProblem.self) { try SchemaFiles([path]) }
    #expect(problem.name == .invalidValue)
    #expect(problem.message.hasPrefix("schema_files: ") && problem.message.contains(message), "\(problem)")
  }

  @Test func aMissingFileIsNamed() throws {
    let problem = try #require(throws: ConfigurationProblem.self) { try SchemaFiles(["/nowhere/a.sql"]) }
    #expect(problem.name == .fileNotFound && problem.message.contains("/nowhere/a.sql"))
  }
}
