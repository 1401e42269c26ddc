/// Takes typed values out of a parsed configuration file and collects every problem on the way.
///
/// A value that is missing or null reads as the default that its key is declared with, else as nil; so does a wrong one, after it was
/// reported.
struct ConfigurationReader {
  private var values: [ConfigurationKey: JSONValue]
  /// The keys that stand in the file in place of those that have a value: `from` for `gtid_set`.
  private var aliases: [ConfigurationKey: ConfigurationKey] = [:]
  /// The problems found so far.
  private(set) var problems: [ConfigurationProblem]

  /// A reader of `values`, of which `problems` are known already.
  init(values: [ConfigurationKey: JSONValue], problems: [ConfigurationProblem] = []) {
    self.values = values.filter { $0.value != .null }
    self.problems = problems
  }

  /// True if the file gives `key` a value other than null.
  func has(_ key: ConfigurationKey) -> Bool { values[key] != nil }

  /// The value of `key`, whatever its type; nil where it is missing or null.
  func value(of key: ConfigurationKey) -> JSONValue? { values[key] }

  /// Gives `key` the value that `alias` means, which messages then name.
  mutating func set(_ key: ConfigurationKey, _ value: JSONValue, from alias: ConfigurationKey) {
    values[key] = value
    aliases[key] = alias
  }

  /// The name of the key in the file that gives `key` its value.
  func name(of key: ConfigurationKey) -> String { (aliases[key] ?? key).rawValue }

  /// Reports that the value of `key` is wrong: "port must be …".
  mutating func report(_ key: ConfigurationKey, _ message: String) {
    let key = aliases[key] ?? key
    problems.append(ConfigurationProblem(key.errorName, "\(key.rawValue) \(message)"))
  }

  /// Reports a problem that has its own name.
  mutating func report(_ problem: ConfigurationProblem) { problems.append(problem) }

  /// Reports `key` when the file gives it no value; a wrong value is reported where it is read.
  mutating func require(_ key: ConfigurationKey) {
    if !has(key) { report(key, "is missing") }
  }

  /// The declared default of `key`, a text; empty where there is none.
  func standardText(_ key: ConfigurationKey) -> String {
    if case .string(let text) = key.declaration.type.standard { text } else { "" }
  }

  private func standardInteger(_ key: ConfigurationKey) -> Int64? {
    if case .integer(let number) = key.declaration.type.standard { number } else { nil }
  }

  /// A string, which may be empty. A wrong type is named without the value: it may be a secret.
  mutating func string(_ key: ConfigurationKey) -> String? {
    guard let value = values[key] else { return nil }
    guard case .string(let text) = value else {
      report(key, "must be a string, is \(value.typeDescription)")
      return nil
    }
    guard !text.unicodeScalars.contains("\0") else {
      report(key, "must not contain a NUL character")
      return nil
    }
    return text
  }

  /// A string that is not empty.
  mutating func text(_ key: ConfigurationKey) -> String? {
    guard let text = string(key) else { return nil }
    guard !text.isEmpty else {
      report(key, "must not be empty; leave it out, or give it a value")
      return nil
    }
    return text
  }

  /// An integer of the range that `key` is declared with; where none is given, the default.
  mutating func integer(_ key: ConfigurationKey) -> Int64? {
    guard has(key) else { return standardInteger(key) }
    return integer(key, in: key.declaration.type.range ?? Int64.min...Int64.max)
  }

  /// As `integer`, of a key that has a default or is required. After a report it is any number of the range.
  mutating func count(_ key: ConfigurationKey) -> Int {
    Int(integer(key) ?? standardInteger(key) ?? key.declaration.type.range?.lowerBound ?? 0)
  }

  /// An integer in `range`, a part of the declared one that depends on another key; nil where none is given.
  mutating func integer(_ key: ConfigurationKey, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = values[key] else { return nil }
    if case .integer(let number) = value, range.contains(number) { return number }
    let wanted =
      range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
    switch value {
    case .integer: report(key, "must be \(wanted), is \(value.shortDescription)")
    case .number(let number) where abs(number) >= 0x1p53:
      report(key, "must be \(wanted), is \(value.shortDescription)")
    default: report(key, "must be an integer, \(wanted), is \(value.shortDescription)")
    }
    return nil
  }

  /// true or false.
  mutating func boolean(_ key: ConfigurationKey) -> Bool? {
    guard let value = values[key] else { return nil }
    if case .boolean(let flag) = value { return flag }
    report(key, "must be true or false, is \(value.shortDescription)")
    return nil
  }

  /// true or false, by default as declared; where that says nothing, false.
  mutating func flag(_ key: ConfigurationKey) -> Bool {
    if let flag = boolean(key) { return flag }
    return key.declaration.type.standard == .boolean(true)
  }

  /// One of the names that `key` is declared with, by default the declared one.
  mutating func choice<Choice>(_ key: ConfigurationKey) -> Choice where Choice: RawRepresentable<String> {
    guard let standard = Choice(rawValue: standardText(key)) else {
      preconditionFailure("\(key.rawValue) is declared without a default among \(Choice.self)")
    }
    return choice(key, default: standard)
  }

  /// One of the names that `key` is declared with, by default one that depends on other keys.
  mutating func choice<Choice>(
    _ key: ConfigurationKey, default standard: Choice
  ) -> Choice where Choice: RawRepresentable<String> {
    guard let value = values[key] else { return standard }
    if case .string(let name) = value, let choice = Choice(rawValue: name) { return choice }
    let names = (key.declaration.type.names ?? []).map { "\"\($0)\"" }.joined(separator: ", ")
    report(key, "must be one of \(names), is \(value.shortDescription)")
    return standard
  }

  /// A list of strings.
  mutating func strings(_ key: ConfigurationKey) -> [String]? {
    guard let value = values[key] else { return nil }
    guard case .array(let elements) = value else {
      report(key, "must be a list of strings, is \(value.typeDescription)")
      return nil
    }
    var strings: [String] = []
    for (index, element) in elements.enumerated() {
      if case .string(let text) = element {
        strings.append(text)
      } else {
        report(key, "must be a list of strings, its element \(index + 1) is \(element.shortDescription)")
      }
    }
    return strings
  }
}
