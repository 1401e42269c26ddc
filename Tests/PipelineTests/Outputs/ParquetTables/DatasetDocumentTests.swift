import BinlogParser
import Pipeline
import Platform
import Testing

/// The document that keeps a dataset's columns over runs.
@Suite struct DatasetDocumentTests {
  private static let types: [DatasetType] = [
    .boolean, .int64, .decimal64(scale: 0), .decimal64(scale: 18), .decimal128(precision: 20, scale: 0),
    .decimal128(precision: 38, scale: 30), .float, .double, .date, .dateTime, .timestamp, .string, .binary, .floats,
  ]

  private static func table(_ schema: String, _ table: String) -> TableName {
    TableName(schema: Array(schema.utf8), table: Array(table.utf8))
  }

  private static var document: DatasetDocument {
    var document = DatasetDocument(table("shop", "orders"))
    let names = types.indices.map { "c\($0)" }
    _ = document.columns.assign(names, types, sources: names.map { ["c11": "note", "c1": "id"][$0] ?? $0 })
    document.setNewest(
      [document.columns.columns[11], document.columns.columns[1]], names: ["note", "id"],
      sqlTypes: ["enum('a','it''s')", "int(10) unsigned"], primaryKey: [1, 0])
    document.firstSequence = 42
    return document
  }

  @Test func whatIsWrittenIsRead() throws {
    let document = Self.document
    #expect(try DatasetDocument(decoding: document.encoded, from: "x") == document)
    #expect(document.newest == ["c11", "c1"] && document.primaryKey == ["c1", "c11"])
    #expect(document.tableNames == ["c11": "note", "c1": "id"])
  }

  @Test(arguments: [
    ("_schemas/shop/orders.json", "shop/orders"), ("_schemas/a%2Fb/c.json.json", "a%2Fb/c.json"),
    ("_schemas/shop/orders.txt", nil), ("shop/orders.json", nil),
  ])
  func aDocumentTellsItsFolder(_ name: String, _ folder: String?) {
    #expect(DatasetDocument.datasetFolder(ofDocument: name) == folder)
  }

  @Test func filesHaveTheTablesColumnsBetweenOurs() {
    let columns = Self.document.fileColumns
    #expect(columns.map(\.name).prefix(3) == ["_cdc_op", "_cdc_seq", "_cdc_time"])
    #expect(columns.map(\.name).suffix(4) == ["c13", "_cdc_before", "_cdc_absent", "_cdc_raw"])
    let types: [DatasetType] = [.string, .int64, .timestamp, .string, .int64, .int64, .string, .int64, .int64]
    #expect(columns.prefix(9).map(\.type) == types)
    #expect(columns.filter(\.isRequired).map(\.name) == columns.prefix(6).map(\.name))
  }

  @Test(arguments: types)
  func aWordIsOfOneType(_ type: DatasetType) {
    #expect(DatasetType(word: type.word) == type)
    #expect(Self.types.filter { $0.word == type.word }.count == 1)
  }

  @Test(arguments: ["decimal", "decimal_39_1", "decimal_18_x", "", "int", "bigint_", "decimal_18_2_1"])
  func aWordOfNoTypeIsRefused(_ word: String) { #expect(DatasetType(word: word) == nil) }

  @Test(arguments: ["", "{}", "null", "[]", "{\"version\":1}"])
  func anythingElseIsRefused(_ text: String) {
    #expect(throws: OutputError.self) { try DatasetDocument(decoding: Array(text.utf8), from: "x") }
  }

  @Test(arguments: [
    ("\"version\" : 1", "\"version\" : 2"), ("\"bigint\"", "\"bigfloat\""), ("\"c2\"", "\"C3\""),
    ("\"newest_columns\" : [", "\"newest_columns\" : [ \"none\","),
    ("\"primary_key\" : [", "\"primary_key\" : [ \"none\","),
  ])
  func anotherVersionAnUnknownTypeAndANameThatStandsTwiceAreRefused(_ old: String, _ new: String) {
    let text = String(decoding: Self.document.encoded, as: UTF8.self)
    #expect(text.contains(old))
    let changed = Array(text.replacing(old, with: new).utf8)
    #expect(throws: OutputError.self) { try DatasetDocument(decoding: changed, from: "x") }
  }

  @Test func cutDocumentsAreRefused() {
    let bytes = Self.document.encoded
    for count in stride(from: 0, to: bytes.count - 2, by: 7) {
      #expect(throws: OutputError.self) { try DatasetDocument(decoding: Array(bytes.prefix(count)), from: "x") }
    }
  }

  @Test(arguments: [
    ("shop", "orders", "shop/orders"), ("a/b", "c=d", "a%2Fb/c%3Dd"), ("..", ".", "%2E./%2E"),
    ("_schemas", "t", "%5Fschemas/t"),
    ("shop", "_orders_gho", "shop/_orders_gho"), ("", "t", "%/t"), ("é", "日本", "é/日本"),
  ])
  func foldersAreNamedAfterTables(_ schema: String, _ table: String, _ folder: String) {
    #expect(DatasetFolder.path(Self.table(schema, table)) == folder)
    #expect(DatasetDocument.path(Self.table(schema, table)) == "_schemas/\(folder).json")
  }
}
