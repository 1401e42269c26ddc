import BinlogParser
import Bytes

/// A JSON document of the tests, with an encoder into MySQL's binary form.
indirect enum JSONValue {
  case null, bool(Bool), integer(Int64), unsigned(UInt64), double(Double), string(String)
  case array([JSONValue]), object([(String, JSONValue)])

  /// A document of random shape.
  static func random(_ random: inout SplitMix64, depth: Int) -> JSONValue {
    switch random.below(depth > 0 ? 10 : 7) {
    case 0: .null
    case 1: .bool(random.below(2) == 0)
    case 2: .integer(Int64(bitPattern: random.next()) >> Int64(random.below(64)))
    case 3: .unsigned(random.next() >> UInt64(random.below(64)))
    case 4: .double(Double(random.below(2_000_000) - 1_000_000) / 64)
    case 5: .string(String(repeating: "é\"x", count: random.below(100)))
    case 6: .string("s\(random.below(1000))")
    case 7: .array((0..<random.below(6)).map { _ in JSONValue.random(&random, depth: depth - 1) })
    default:
      .object((0..<random.below(6)).map { ("key \($0)", JSONValue.random(&random, depth: depth - 1)) })
    }
  }

  /// Compact JSON text.
  var text: String {
    switch self {
    case .null: "null"
    case .bool(let value): "\(value)"
    case .integer(let value): "\(value)"
    case .unsigned(let value): "\(value)"
    case .double(let value): value.description
    case .string(let value): "\"" + value.replacing("\"", with: "\\\"") + "\""
    case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
    case .object(let members): "{" + members.map { "\"\($0.0)\":\($0.1.text)" }.joined(separator: ",") + "}"
    }
  }

  /// The whole document: type and value.
  func encoded(large: Bool) -> [UInt8] {
    let (type, value) = encode(large: large)
    return [type] + value
  }

  private func encode(large: Bool) -> (type: UInt8, value: [UInt8]) {
    switch self {
    case .null: return (4, [0])
    case .bool(let value): return (4, [value ? 1 : 2])
    case .integer(let value):
      if let value = Int16(exactly: value) { return (5, little(value)) }
      if let value = Int32(exactly: value) { return (7, little(value)) }
      return (9, little(value))
    case .unsigned(let value):
      if let value = UInt16(exactly: value) { return (6, little(value)) }
      if let value = UInt32(exactly: value) { return (8, little(value)) }
      return (10, little(value))
    case .double(let value): return (11, little(value.bitPattern))
    case .string(let value): return (12, Self.length(value.utf8.count) + Array(value.utf8))
    case .array(let values): return (large ? 3 : 2, Self.container([], values, large: large))
    case .object(let members):
      return (large ? 1 : 0, Self.container(members.map { Array($0.0.utf8) }, members.map(\.1), large: large))
    }
  }

  private static func container(_ keys: [[UInt8]], _ values: [JSONValue], large: Bool) -> [UInt8] {
    let width = large ? 4 : 2
    func number(_ value: Int) -> [UInt8] { (0..<width).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) } }
    let tableEnd = 2 * width + keys.count * (width + 2) + values.count * (width + 1)
    var table: [UInt8] = []
    var data: [UInt8] = []
    for key in keys {
      table += number(tableEnd + data.count) + little(UInt16(key.count))
      data += key
    }
    for (type, bytes) in values.map({ $0.encode(large: large) }) {
      let isInline = [4, 5, 6].contains(type) || large && [7, 8].contains(type)
      table += [type] + (isInline ? (bytes + [0, 0, 0]).prefix(width) : number(tableEnd + data.count)[...])
      if !isInline { data += bytes }
    }
    return number(values.count) + number(tableEnd + data.count) + table + data
  }

  /// A length of seven bits a byte.
  static func length(_ count: Int) -> [UInt8] {
    count < 0x80 ? [UInt8(count)] : [UInt8(count & 0x7F) | 0x80] + length(count >> 7)
  }

  private func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] { Self.little(value) }

  private static func little<T: FixedWidthInteger>(_ value: T) -> [UInt8] {
    (0..<T.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> T($0 * 8)) }
  }
}
