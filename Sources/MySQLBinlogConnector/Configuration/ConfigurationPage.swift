/// The reference page of the configuration, in Markdown, made from the declarations of the keys.
package enum ConfigurationPage {
  /// The page, without a line break at its end.
  package static var text: String {
    ([introduction] + ConfigurationGroup.allCases.map(section)).joined(separator: "\n\n")
  }

  private static let introduction = """
    # Configuration keys

    A configuration is a JSON object with these keys; null is the same as leaving a key out. `\(Version.program) --print-schema`
    prints the same as a JSON Schema, [config.schema.json](config.schema.json), by which editors complete and check a file. Both
    are made from the program; this page by `--print-schema=markdown`.
    """

  private static func section(_ group: ConfigurationGroup) -> String {
    let head = ["## \(group.rawValue)", "", "| Key | Type | Default | Values | Meaning |", "|---|---|---|---|---|"]
    return (head + group.keys.map(row)).joined(separator: "\n")
  }

  private static func row(_ key: ConfigurationKey) -> String {
    let declaration = key.declaration
    let link = declaration.section.map { " [More](../README.md#\($0))" } ?? ""
    let cells = [
      "`\(key.rawValue)`", declaration.type.name, declaration.standardText, declaration.type.valuesText,
      declaration.sentence + link,
    ]
    return "| \(cells.joined(separator: " | ")) |"
  }
}

extension ConfigurationType {
  fileprivate var name: String {
    switch self {
    case .integer: "integer"
    case .boolean: "boolean"
    case .choice, .text: "string"
    case .strings: "list of strings"
    case .time: "integer or string"
    }
  }

  fileprivate var valuesText: String {
    if let names { return names.map { "`\"\($0)\"`" }.joined(separator: ", ") }
    guard let range else { return "" }
    return range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
  }
}

extension ConfigurationDeclaration {
  fileprivate var standardText: String {
    if let standard = type.standard { return "`\(standard.text)`" }
    switch absence {
    case .nothing: return ""
    case .required(let condition): return "required \(condition)"
    case .derived(let value): return value
    }
  }
}
