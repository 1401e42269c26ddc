import Bytes

// The Thrift compact protocol, in which all Parquet metadata is written.
// https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md

/// A Thrift struct: something that writes its own fields in ascending order of their ids.
package protocol ThriftStruct {
  /// Writes every field that is set; the writer adds the stop byte.
  func writeFields(to writer: inout CompactProtocolWriter)
}

/// The type codes of fields and list elements.
package enum CompactType: UInt8, Sendable {
  case booleanTrue = 1
  case booleanFalse = 2
  case i8 = 3
  case i16 = 4
  case i32 = 5
  case i64 = 6
  case binary = 8
  case list = 9
  case structure = 12
}

/// Writes Thrift values in the compact protocol.
///
/// | Value | Bytes |
/// |---|---|
/// | field header | one byte `delta << 4 \| type` where the id is 1 to 15 above the last one, else type and zigzag id |
/// | bool | in the field header, or a byte in a list |
/// | i8 | one byte |
/// | i16, i32, i64 | zigzag, then ULEB128 |
/// | binary, string | length as ULEB128, then the bytes |
/// | list | one byte `count << 4 \| type` below 15 elements, else `0xF0 \| type` and the count as ULEB128 |
/// | struct | its fields, then a zero byte |
package struct CompactProtocolWriter: ~Copyable {
  /// What was written so far.
  package var output: OutputBuffer
  private var lastFieldID: Int16 = 0

  /// A writer into an empty buffer.
  package init(capacity: Int = 256) {
    output = OutputBuffer(capacity: capacity)
  }

  /// Writes a whole struct that stands alone or in a list, with its stop byte.
  package mutating func write(_ value: some ThriftStruct) {
    let enclosing = lastFieldID
    lastFieldID = 0
    value.writeFields(to: &self)
    output.append(0)
    lastFieldID = enclosing
  }

  /// A boolean field.
  package mutating func field(_ id: Int16, _ value: Bool) {
    fieldHeader(id, value ? .booleanTrue : .booleanFalse)
  }

  /// An `i8` field.
  package mutating func field(_ id: Int16, _ value: Int8) {
    fieldHeader(id, .i8)
    output.append(UInt8(bitPattern: value))
  }

  /// An `i32` field.
  package mutating func field(_ id: Int16, _ value: Int32) {
    fieldHeader(id, .i32)
    zigzag(Int64(value))
  }

  /// An `i64` field.
  package mutating func field(_ id: Int16, _ value: Int64) {
    fieldHeader(id, .i64)
    zigzag(value)
  }

  /// A `string` field.
  package mutating func field(_ id: Int16, _ value: String) {
    fieldHeader(id, .binary)
    string(value)
  }

  /// A `binary` field.
  package mutating func field(_ id: Int16, _ value: [UInt8]) {
    fieldHeader(id, .binary)
    output.appendULEB128(UInt64(value.count))
    output.append(contentsOf: value)
  }

  /// A field that is a Thrift enum, which travels as `i32`.
  package mutating func field(_ id: Int16, _ value: some RawRepresentable<Int32>) {
    field(id, value.rawValue)
  }

  /// A struct field.
  package mutating func field(_ id: Int16, _ value: some ThriftStruct) {
    fieldHeader(id, .structure)
    write(value)
  }

  /// A field that is a list of structs.
  package mutating func field(_ id: Int16, list: [some ThriftStruct]) {
    listField(id, .structure, count: list.count)
    for value in list { write(value) }
  }

  /// A field that is a list of Thrift enums.
  package mutating func field(_ id: Int16, list: [some RawRepresentable<Int32>]) {
    listField(id, .i32, count: list.count)
    for value in list { zigzag(Int64(value.rawValue)) }
  }

  /// A field that is a list of strings.
  package mutating func field(_ id: Int16, list: [String]) {
    listField(id, .binary, count: list.count)
    for value in list { string(value) }
  }

  /// A field that is a list of booleans, of which each is a byte.
  package mutating func field(_ id: Int16, list: [Bool]) {
    listField(id, .booleanTrue, count: list.count)
    for value in list { output.append(value ? CompactType.booleanTrue.rawValue : CompactType.booleanFalse.rawValue) }
  }

  /// A field that is a list of `i64`.
  package mutating func field(_ id: Int16, list: [Int64]) {
    listField(id, .i64, count: list.count)
    for value in list { zigzag(value) }
  }

  /// A field that is a list of `binary`.
  package mutating func field(_ id: Int16, list: [[UInt8]]) {
    listField(id, .binary, count: list.count)
    for value in list {
      output.appendULEB128(UInt64(value.count))
      output.append(contentsOf: value)
    }
  }

  /// A field that is a list of `count` structs, which the caller has encoded before and which follow as they are.
  package mutating func field(_ id: Int16, encodedStructs: RawSpan, count: Int) {
    listField(id, .structure, count: count)
    output.append(encodedStructs)
  }

  private mutating func listField(_ id: Int16, _ element: CompactType, count: Int) {
    fieldHeader(id, .list)
    if count < 15 {
      output.append(UInt8(count) << 4 | element.rawValue)
    } else {
      output.append(0xF0 | element.rawValue)
      output.appendULEB128(UInt64(count))
    }
  }

  private mutating func fieldHeader(_ id: Int16, _ type: CompactType) {
    let delta = Int(id) - Int(lastFieldID)
    if (1...15).contains(delta) {
      output.append(UInt8(delta) << 4 | type.rawValue)
    } else {
      output.append(type.rawValue)
      zigzag(Int64(id))
    }
    lastFieldID = id
  }

  private mutating func string(_ value: String) {
    output.appendULEB128(UInt64(value.utf8.count))
    output.append(value)
  }

  private mutating func zigzag(_ value: Int64) {
    output.appendZigzagULEB128(value)
  }
}
