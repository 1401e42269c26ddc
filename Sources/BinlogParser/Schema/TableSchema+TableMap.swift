import Bytes

extension ColumnDescription {
  /// The column that TABLE_MAP, completed, describes by `definition` and that is read by `plan`.
  ///
  /// - Parameter labels: the labels of an ENUM or a SET, as far as they are known.
  init(_ definition: ColumnDefinition, _ plan: ColumnPlan, isUnsigned: Bool, labels: [String], name: String) {
    let holdsText = plan.kind == .text || plan.kind == .compressed && plan.content == .text
    let isBinary = plan.kind == .binary || plan.kind == .compressed && plan.content == .binary
    let characterSet = holdsText ? plan.characterSet : nil
    let dataType = Self.dataType(definition, plan, isBinary: isBinary)
    let length = definition.size / (characterSet?.longestCharacter ?? 1)
    let parameters =
      switch dataType {
      case "decimal": "(\(definition.precision),\(definition.scale))"
      case "char", "varchar", "binary", "varbinary": "(\(length))"
      case "bit": "(\(definition.size))"
      case "datetime", "timestamp", "time": definition.size > 0 ? "(\(definition.size))" : ""
      case "vector" where plan.type != .vector: "(\(definition.size / 4))"
      case "enum", "set": Self.list(labels)
      default: ""
      }
    self.init(
      name: name, dataType: dataType, columnType: dataType + parameters + (isUnsigned ? " unsigned" : ""),
      characterSet: characterSet?.name, octetLength: definition.type.isString ? UInt64(definition.size) : nil,
      isNullable: plan.isNullable)
  }

  private static func dataType(_ definition: ColumnDefinition, _ plan: ColumnPlan, isBinary: Bool) -> String {
    switch plan.kind {
    case .vector: return "vector"
    case .uuid: return "uuid"
    case .inet4: return "inet4"
    case .inet6: return "inet6"
    default: break
    }
    switch definition.type {
    case .varchar, .varString, .varcharCompressed: return isBinary ? "varbinary" : "varchar"
    case .string: return isBinary ? "binary" : "char"
    case .blob, .tinyBlob, .mediumBlob, .longBlob, .blobCompressed:
      let sizes = [1: "tiny", 2: "", 3: "medium"]
      return (sizes[definition.size] ?? "long") + (isBinary ? "blob" : "text")
    default: return "\(definition.type.name)".lowercased()
    }
  }

  /// Labels as COLUMN_TYPE lists them.
  static func list(_ labels: [String]) -> String {
    guard !labels.isEmpty else { return "" }
    return "(" + labels.map { quoted($0) }.joined(separator: ",") + ")"
  }

  private static func quoted(_ label: String) -> String {
    var text = "'"
    for scalar in label.unicodeScalars {
      switch scalar {
      case "'": text += "''"
      case "\\": text += "\\\\"
      case "\0": text += "\\0"
      case "\n": text += "\\n"
      case "\r": text += "\\r"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text + "'"
  }
}

extension ColumnType {
  /// True if a column's metadata is the greatest length in bytes.
  fileprivate var isString: Bool {
    switch self {
    case .string, .varString, .varchar, .varcharCompressed: true
    default: false
    }
  }
}
