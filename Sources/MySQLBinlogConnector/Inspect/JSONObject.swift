import BinlogParser
import Bytes

/// A JSON object on one line, made key by key, in which nothing steers a terminal.
struct JSONObject {
  private var members: [String] = []

  /// An object without members.
  init() {}

  /// The object.
  var text: String { "{" + members.joined(separator: ",") + "}" }

  /// The beginning of the object, up to the value of a last member, `key`.
  func text(upTo key: String) -> String { "{" + (members + ["\(Self.string(key)):"]).joined(separator: ",") }

  /// Adds a member whose value is JSON already.
  mutating func add(_ key: String, raw value: String) { members.append("\(Self.string(key)):\(value)") }
  /// Adds a string, or null.
  mutating func add(_ key: String, _ value: String?) { add(key, raw: value.map(Self.string) ?? "null") }
  /// Adds a number, or null.
  mutating func add(_ key: String, _ value: UInt64?) { add(key, raw: value.map(String.init) ?? "null") }
  /// Adds true or false.
  mutating func add(_ key: String, _ value: Bool) { add(key, raw: "\(value)") }
  /// Adds a list of objects.
  mutating func add(_ key: String, _ values: [JSONObject]) {
    add(key, raw: "[" + values.map(\.text).joined(separator: ",") + "]")
  }

  /// The JSON text of a string.
  static func string(_ text: String) -> String {
    var buffer = OutputBuffer(capacity: text.utf8.count + 16)
    buffer.append(jsonString: OutputBuffer(utf8: text).bytes)
    buffer.escapeTerminalControls(from: 0)
    return buffer.bytes.utf8String
  }
}
