import Foundation
import Platform

// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#schema-serialization-format

/// A column of a Delta table.
package struct DeltaColumn: Codable, Equatable, Sendable {
  package let name: String
  /// The type in the words of the format: `long`, `decimal(18,2)`, `array<float>`.
  package let type: String

  package init(name: String, type: String) {
    self.name = name
    self.type = type
  }
}

extension DeltaColumn {
  /// The column of a dataset's files.
  package init(_ column: DatasetDocument.FileColumn) {
    self.init(name: column.name, type: column.type.deltaType)
  }

  /// The days by which files are divided.
  static let day = DeltaColumn(name: "dt", type: "date")
  /// The type of a moment without a time zone, which readers and writers must know.
  static let localTime = "timestamp_ntz"
  /// The type of a list of numbers, which stands as an object in a schema.
  static let floats = "array<float>"
}

extension DatasetType {
  /// The type in Delta's words.
  var deltaType: String {
    switch self {
    case .boolean: "boolean"
    case .int64: "long"
    case .decimal64(let scale): "decimal(18,\(scale))"
    case .decimal128(let precision, let scale): "decimal(\(precision),\(scale))"
    case .float: "float"
    case .double: "double"
    case .date: "date"
    case .dateTime: DeltaColumn.localTime
    case .timestamp: "timestamp"
    case .string: "string"
    case .binary: "binary"
    case .floats: DeltaColumn.floats
    }
  }
}

/// The schema of a Delta table as its log has it: what others have written into it stays.
package struct DeltaSchema {
  private var root: [String: Any]
  private var fields: [[String: Any]]

  /// A schema without columns.
  init() {
    root = ["type": "struct"]
    fields = []
  }

  /// Reads a `schemaString`; nil for what is none.
  package init?(_ text: String) {
    let object = try? JSONSerialization.jsonObject(with: Data(text.utf8))
    guard let root = object as? [String: Any], let fields = root["fields"] as? [[String: Any]],
      fields.allSatisfy({ $0["name"] is String && $0["type"] != nil })
    else { return nil }
    self.root = root
    self.fields = fields
  }

  /// The `schemaString`.
  package var text: String {
    var object = root
    object["fields"] = fields
    let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
    return String(decoding: data ?? Data(), as: UTF8.self)
  }

  /// The columns; a type that is not known has no word.
  package var columns: [DeltaColumn] {
    fields.map { DeltaColumn(name: $0["name"] as? String ?? "", type: Self.word($0["type"]) ?? "") }
  }

  /// True if a moment without a time zone is among the types.
  var hasLocalTimes: Bool { columns.contains { $0.type == DeltaColumn.localTime } }

  /// Adds those of `new` that are not there; returns true if there are any.
  ///
  /// - Throws: `OutputError` where one of them is there with another type or in other letters; `place` says where.
  package mutating func add(_ new: [DeltaColumn], at place: String) throws(OutputError) -> Bool {
    var known: [String: DeltaColumn] = [:]
    for column in columns { known[column.name.lowercased()] = column }
    var isChanged = false
    for column in new {
      guard let old = known[column.name.lowercased()] else {
        fields.append(Self.field(column))
        known[column.name.lowercased()] = column
        isChanged = true
        continue
      }
      guard old != column else { continue }
      throw .delta(
        place,
        "has the column \(old.name) of the type \(old.type), and the rows to write have \(column.name) of \(column.type)",
        advice: "give this output a folder of its own, or restore the table's file below _schemas")
    }
    return isChanged
  }

  private static func field(_ column: DeltaColumn) -> [String: Any] {
    let list: [String: Any] = ["type": "array", "elementType": "float", "containsNull": false]
    let type: Any = column.type == DeltaColumn.floats ? list : column.type
    return ["name": column.name, "type": type, "nullable": true, "metadata": [String: Any]()]
  }

  private static func word(_ type: Any?) -> String? {
    if let word = type as? String { return word }
    guard let list = type as? [String: Any], list["type"] as? String == "array",
      let element = list["elementType"] as? String
    else { return nil }
    return "array<\(element)>"
  }
}
