/// All there is to say about a key: the reader checks by it, and the schema and the reference page are made from it.
struct ConfigurationDeclaration {
  /// The heading under which the key stands.
  let group: ConfigurationGroup
  /// The values that the key takes, and the one that it has when it is left out.
  let type: ConfigurationType
  /// The consequence of leaving the key out, where it is no constant.
  let absence: Absence
  /// One sentence in Markdown, of which only backticks are used.
  let sentence: String
  /// The anchor of the section of README.md that tells more.
  let section: String?

  init(
    _ group: ConfigurationGroup, _ type: ConfigurationType, _ sentence: String, otherwise absence: Absence = .nothing,
    see section: String? = nil
  ) {
    self.group = group
    self.type = type
    self.absence = absence
    self.sentence = sentence
    self.section = section
  }
}

/// The consequence of leaving a key out that has no constant default.
enum Absence {
  /// None: what the key asks for is not done.
  case nothing
  /// An error, under this condition: "with source server".
  case required(String)
  /// A value that depends on other things: "random".
  case derived(String)
}

/// The headings of the reference page, in its order.
enum ConfigurationGroup: String, CaseIterable {
  case source = "Source"
  case server = "Server"
  case tls = "TLS"
  case range = "Range"
  case tables = "Tables"
  case output = "Output"
  case parquet = "Parquet"
  case durability = "Checkpoint and parts"
  case log = "Log"
  case lambda = "AWS Lambda"

  /// The keys under the heading.
  var keys: [ConfigurationKey] { ConfigurationKey.allCases.filter { $0.declaration.group == self } }
}

/// The values that a key takes; null always stands for leaving the key out.
enum ConfigurationType {
  /// An integer of a range; one that ends with `Int64.max` has no upper bound in messages and on the page.
  case integer(ClosedRange<Int64>, default: Int64? = nil)
  /// true or false.
  case boolean(default: Bool? = nil)
  /// One of some names.
  case choice([String], default: String? = nil)
  /// Any text, or any that is not empty.
  case text(canBeEmpty: Bool = false, default: String? = nil)
  /// A list of strings.
  case strings
  /// Seconds since 1970, or a text like "2026-01-31T10:00:00Z".
  case time

  /// One of the names of `choices`.
  static func choice<Choice>(
    of choices: Choice.Type, default standard: Choice? = nil
  ) -> ConfigurationType where Choice: CaseIterable & RawRepresentable<String> {
    .choice(choices.allCases.map(\.rawValue), default: standard?.rawValue)
  }

  /// The integers among the values; nil where there are none.
  var range: ClosedRange<Int64>? {
    switch self {
    case .integer(let range, _): range
    case .time: 0...Int64(UInt32.max)
    case .boolean, .choice, .text, .strings: nil
    }
  }

  /// The names among which the value is chosen; nil where it is not.
  var names: [String]? {
    if case .choice(let names, _) = self { names } else { nil }
  }

  /// The value that holds when none is given; nil where no constant does.
  var standard: JSONValue? {
    switch self {
    case .integer(_, let value): value.map { .integer($0) }
    case .boolean(let value): value.map { .boolean($0) }
    case .choice(_, let value), .text(_, let value): value.map { .string($0) }
    case .strings, .time: nil
    }
  }
}
