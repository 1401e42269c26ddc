/// The JSON Schema of configuration files, made from the declarations of the keys; see <https://json-schema.org/draft/2020-12>.
///
/// It says what each key may hold by itself. What keys need of each other, and of the files they name, the program checks.
package enum ConfigurationSchema {
  /// The schema, one key a line, without a line break at its end.
  package static var text: String {
    let keys = ConfigurationGroup.allCases.flatMap(\.keys)
    return """
      {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Configuration of \(Version.program)",
        "type": "object",
        "additionalProperties": false,
        "properties": {
      \(keys.map { "    " + property($0) }.joined(separator: ",\n"))
        }
      }
      """
  }

  private static func property(_ key: ConfigurationKey) -> String {
    var object = JSONObject()
    object.add(key.rawValue, raw: schema(of: key.declaration).text)
    return String(object.text.dropFirst().dropLast())
  }

  private static func schema(of declaration: ConfigurationDeclaration) -> JSONObject {
    var schema = declaration.type.schema
    if let standard = declaration.type.standard { schema.add("default", raw: standard.text) }
    schema.add("description", declaration.plainText)
    return schema
  }
}

extension ConfigurationType {
  /// The keywords that a value must fit; null always does.
  fileprivate var schema: JSONObject {
    var schema = JSONObject()
    switch self {
    case .boolean: schema.add("type", raw: #"["boolean","null"]"#)
    case .strings:
      schema.add("type", raw: #"["array","null"]"#)
      schema.add("items", raw: #"{"type":"string"}"#)
    case .choice(let names, _):
      schema.add("enum", raw: "[" + (names.map(JSONObject.string) + ["null"]).joined(separator: ",") + "]")
    case .text(let canBeEmpty, _):
      schema.add("type", raw: #"["string","null"]"#)
      if !canBeEmpty { schema.add("minLength", 1) }
    case .integer: schema.add("type", raw: #"["integer","null"]"#)
    case .time: schema.add("type", raw: #"["integer","string","null"]"#)
    }
    if let range {
      schema.add("minimum", raw: "\(range.lowerBound)")
      schema.add("maximum", raw: "\(range.upperBound)")
    }
    return schema
  }
}

extension ConfigurationDeclaration {
  /// The sentence without Markdown, and the consequence of leaving the key out where it is no constant.
  fileprivate var plainText: String {
    let sentence = sentence.filter { $0 != "`" }
    switch absence {
    case .nothing: return sentence
    case .required(let condition): return "\(sentence) Required \(condition)."
    case .derived(let value): return "\(sentence) Default: \(value)."
    }
  }
}

extension JSONValue {
  /// The JSON text of a default: a scalar.
  var text: String {
    if case .string(let text) = self { JSONObject.string(text) } else { shortDescription }
  }
}
