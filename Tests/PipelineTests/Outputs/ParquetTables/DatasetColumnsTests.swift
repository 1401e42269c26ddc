import Pipeline
import Testing

/// Names of a dataset's columns: no name with two types, whatever is done to the table.
@Suite struct DatasetColumnsTests {
  /// The columns of one version of a table, and the names that they get.
  struct Version: Sendable {
    let columns: [(String, DatasetType)]
    let names: [String]
  }

  private static func version(_ columns: [(String, DatasetType)], _ names: String...) -> Version {
    Version(columns: columns, names: names)
  }

  /// Histories of a table, version by version.
  static let histories: [(String, [Version])] = [
    (
      "a column keeps its name while its type stays",
      [version([("id", .int64)], "id"), version([("new", .string), ("id", .int64)], "new", "id")]
    ),
    (
      "another type is another column",
      [version([("a", .int64)], "a"), version([("a", .string)], "a__string"), version([("a", .int64)], "a")]
    ),
    (
      "a third type is a third column",
      [
        version([("a", .decimal64(scale: 2))], "a"), version([("a", .decimal64(scale: 3))], "a__decimal_18_3"),
        version([("a", .decimal128(precision: 38, scale: 2))], "a__decimal_38_2"),
      ]
    ),
    (
      "a column that is called so already keeps its name",
      [version([("a", .int64)], "a"), version([("a", .string), ("a__string", .string)], "a__string_", "a__string")]
    ),
    (
      "a column whose name is taken by another type finds a free one",
      [
        version([("a", .int64), ("a__string", .date)], "a", "a__string"),
        version([("a", .string), ("a__string", .date)], "a__string_", "a__string"),
      ]
    ),
    (
      "names that differ in case are one",
      [version([("Amount", .int64)], "Amount"), version([("amount", .string)], "amount__string")]
    ),
    (
      "a name in another case is the same column",
      [version([("Amount", .int64)], "Amount"), version([("amount", .int64)], "Amount")]
    ),
    (
      "columns that swap their names swap their places",
      [
        version([("a", .int64), ("b", .string)], "a", "b"),
        version([("b", .int64), ("a", .string)], "b__bigint", "a__string"),
        version([("a", .int64), ("b", .string)], "a", "b"),
      ]
    ),
    (
      "names of the change's own columns are taken",
      [version([("_cdc_op", .string), ("_CDC_x", .int64)], "__cdc_op", "__CDC_x")]
    ),
    (
      "a column never gets the name that another one took with an underscore",
      [
        version([("_cdc_a", .int64)], "__cdc_a"),
        version([("__cdc_a", .int64), ("_cdc_a", .int64)], "__cdc_a__bigint", "__cdc_a"),
      ]
    ),
  ]

  /// "a b" and "a_b" in files that have no spaces in names: in whatever order they come and stand, each keeps its column.
  @Test func columnsWithOneNameInFilesStayApart() {
    var dataset = DatasetColumns()
    let types: [DatasetType] = [.int64, .int64]
    #expect(dataset.assign(["a_b"], [.int64], sources: ["a b"]).map(\.name) == ["a_b"])
    #expect(dataset.assign(["a_b", "a_b"], types, sources: ["a_b", "a b"]).map(\.name) == ["a_b__bigint", "a_b"])
    #expect(dataset.assign(["a_b", "a_b"], types, sources: ["A B", "a_b"]).map(\.name) == ["a_b", "a_b__bigint"])
    #expect(dataset.assign(["a_b"], [.int64], sources: ["a_b"]).map(\.name) == ["a_b__bigint"])
  }

  @Test(arguments: histories)
  func namesAreOfOneType(_ title: String, _ versions: [Version]) throws {
    var dataset = DatasetColumns()
    var types: [String: DatasetType] = [:]
    for version in versions {
      let columns = dataset.assign(version.columns.map(\.0), version.columns.map(\.1))
      #expect(columns.map(\.name) == version.names, "\(title)")
      #expect(columns.map(\.type) == version.columns.map(\.1))
      for column in columns {
        #expect(types.updateValue(column.type, forKey: column.name.lowercased()) ?? column.type == column.type)
      }
    }
    #expect(Set(dataset.columns.map(\.fieldID)).count == dataset.columns.count)
    #expect(dataset.columns.map(\.fieldID) == Array(101..<101 + Int32(dataset.columns.count)))
  }

  @Test func randomVersionsNeverGiveANameTwoTypes() throws {
    var random = SystemRandomNumberGenerator()
    let types: [DatasetType] = [.int64, .string, .date, .decimal64(scale: 1), .decimal128(precision: 38, scale: 1)]
    let names = ["a", "A", "b", "a__string", "a__string_", "b__bigint", "_cdc_a", "__cdc_a", "a__bigint"]
    for _ in 0..<200 {
      var dataset = DatasetColumns()
      var known: [String: DatasetType] = [:]
      for _ in 0..<20 {
        var used = Set<String>()
        let version = names.shuffled(using: &random).prefix(Int.random(in: 1...6, using: &random))
          .filter { used.insert($0.lowercased()).inserted }
        let columns = dataset.assign(
          Array(version), version.map { _ in types.randomElement(using: &random) ?? .int64 })
        #expect(Set(columns.map { $0.name.lowercased() }).count == version.count)
        for column in columns {
          #expect(known.updateValue(column.type, forKey: column.name.lowercased()) ?? column.type == column.type)
        }
      }
    }
  }
}
