/// Takes typed values out of a JSON object of an event, and collects every problem on the way.
///
/// A value that is missing or null reads as nil; so does a wrong one, after it was reported.
struct EventReader {
  private var values: [String: JSONValue]
  /// What stands before a key in a message: "start.".
  private let prefix: String
  /// The problems found so far.
  private(set) var problems: [String] = []

  /// A reader of `values`, the value of `name` in the event; empty for the event itself.
  init(_ values: [String: JSONValue], name: String = "") {
    self.values = values
    prefix = name.isEmpty ? "" : "\(name)."
  }

  /// True if `key` has a value.
  func has(_ key: String) -> Bool { values[key] != nil }

  /// Takes the value of `key` out.
  mutating func take(_ key: String) -> JSONValue? {
    guard let value = values.removeValue(forKey: key), value != .null else { return nil }
    return value
  }

  /// Reports that the value of `key` is wrong: "max_rows must be …".
  mutating func report(_ key: String, _ message: String) { problems.append("\(prefix)\(key) \(message)") }

  /// Reports a problem of the object as a whole.
  mutating func report(_ message: String) {
    problems.append(prefix.isEmpty ? "the event \(message)" : "\(prefix.dropLast()) \(message)")
  }

  /// A string.
  mutating func string(_ key: String) -> String? {
    guard let value = take(key) else { return nil }
    guard case .string(let text) = value, !text.unicodeScalars.contains("\0") else {
      report(key, "must be a string, is \(value.shortDescription)")
      return nil
    }
    return text
  }

  /// An integer in `range`.
  mutating func integer(_ key: String, in range: ClosedRange<Int64>) -> Int64? {
    guard let value = take(key) else { return nil }
    guard case .integer(let number) = value, range.contains(number) else {
      let wanted =
        range.upperBound == .max ? "at least \(range.lowerBound)" : "\(range.lowerBound) to \(range.upperBound)"
      report(key, "must be an integer, \(wanted), is \(value.shortDescription)")
      return nil
    }
    return number
  }

  /// What `body` makes of an object; every key that it does not take is unknown.
  mutating func object<T>(_ key: String, _ body: (inout EventReader) -> T?) -> T? {
    guard let value = take(key) else { return nil }
    guard case .object(let members) = value else {
      report(key, "must be an object, is \(value.shortDescription)")
      return nil
    }
    var reader = EventReader(members, name: "\(prefix)\(key)")
    let result = body(&reader)
    reader.refuseRest()
    problems += reader.problems
    return result
  }

  /// Reports all keys that nobody took.
  mutating func refuseRest() {
    for key in values.keys.sorted() { problems.append("\(prefix)\(key.quotedForMessage) is not a key") }
  }
}
