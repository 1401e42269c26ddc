import Bytes

/// Any value of the Thrift compact protocol, for the tests.
indirect enum ThriftValue: Equatable {
  case boolean(Bool)
  case integer(Int64)
  case binary([UInt8])
  case list([ThriftValue])
  case structure([Int: ThriftValue])

  /// The field `id` of a struct.
  subscript(id: Int) -> ThriftValue? {
    if case .structure(let fields) = self { fields[id] } else { nil }
  }

  var integer: Int? { if case .integer(let value) = self { Int(value) } else { nil } }
  var binary: [UInt8]? { if case .binary(let value) = self { value } else { nil } }
  var string: String? { binary.map { String(decoding: $0, as: UTF8.self) } }
  var list: [ThriftValue]? { if case .list(let value) = self { value } else { nil } }
  var boolean: Bool? { if case .boolean(let value) = self { value } else { nil } }

  /// Reads a struct and its stop byte.
  static func readStruct(_ cursor: inout ByteCursor) throws(DecodeError) -> ThriftValue {
    var fields: [Int: ThriftValue] = [:]
    var id = 0
    while true {
      let header = try cursor.uint8("field header")
      if header == 0 { return .structure(fields) }
      if header >> 4 == 0 {
        id = Int(try readZigzag(&cursor))
      } else {
        id += Int(header >> 4)
      }
      fields[id] = try read(&cursor, type: header & 0x0F)
    }
  }

  private static func read(_ cursor: inout ByteCursor, type: UInt8) throws(DecodeError) -> ThriftValue {
    switch type {
    case 1: return .boolean(true)
    case 2: return .boolean(false)
    case 3: return .integer(Int64(Int8(bitPattern: try cursor.uint8("i8"))))
    case 4, 5, 6: return .integer(try readZigzag(&cursor))
    case 8:
      let count = try readULEB128(&cursor)
      return .binary(try cursor.bytes(Int(clamping: count), "binary").array)
    case 9: return try readList(&cursor)
    case 12: return try readStruct(&cursor)
    default: throw DecodeError(.unsupported, at: cursor.offset, "type")
    }
  }

  private static func readList(_ cursor: inout ByteCursor) throws(DecodeError) -> ThriftValue {
    let header = try cursor.uint8("list header")
    let count = header >> 4 == 15 ? Int(clamping: try readULEB128(&cursor)) : Int(header >> 4)
    var values: [ThriftValue] = []
    for _ in 0..<count {
      let isBoolean = header & 0x0F <= 2
      values.append(
        isBoolean
          ? .boolean(try cursor.uint8("boolean") == 1) : try read(&cursor, type: header & 0x0F))
    }
    return .list(values)
  }
}
