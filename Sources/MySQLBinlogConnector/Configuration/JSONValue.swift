/// A JSON value of any type, as Foundation's decoder reads it.
enum JSONValue: Decodable, Equatable, Sendable {
  case null
  case boolean(Bool)
  case integer(Int64)
  case number(Double)
  case string(String)
  case array([JSONValue])
  case object([String: JSONValue])
  /// A number beyond Double, or a string with half a surrogate pair.
  case unrepresentable

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    if container.decodeNil() {
      self = .null
    } else if let value = try? container.decode(Bool.self) {
      self = .boolean(value)
    } else if let value = try? container.decode(Int64.self) {
      self = .integer(value)
    } else if let value = try? container.decode(Double.self) {
      self = .number(value)
    } else if let value = try? container.decode(String.self) {
      self = .string(value)
    } else if let values = try? container.decode([JSONValue].self) {
      self = .array(values)
    } else if let members = try? container.decode([String: JSONValue].self) {
      self = .object(members)
    } else {
      self = .unrepresentable
    }
  }

  /// What the value is, for an error message: a short form of scalars, else the type.
  var shortDescription: String {
    switch self {
    case .null: "null"
    case .boolean(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .number(let value): "\(value)"
    case .string(let value): value.quotedForMessage
    case .array: "a list"
    case .object: "an object"
    case .unrepresentable: "a value that cannot be represented"
    }
  }

  /// The value's type alone, where the value may be a secret.
  var typeDescription: String {
    switch self {
    case .boolean: "a boolean"
    case .integer, .number: "a number"
    case .string: "a string"
    default: shortDescription
    }
  }
}

extension String {
  /// The text in quotes, its control characters escaped and its length bounded, fit for one line of a message. Paths of any usual
  /// length stand there whole.
  var quotedForMessage: String {
    let limit = 1024
    let shown = unicodeScalars.prefix(limit).map { $0.escaped(asASCII: false) }.joined()
    return "\"\(shown)\(unicodeScalars.count > limit ? "…" : "")\""
  }
}
