import Bytes

// Readers for the tests, written from the format's documents and not from the writer.

/// ULEB128.
func readULEB128(_ cursor: inout ByteCursor) throws(DecodeError) -> UInt64 {
  var value: UInt64 = 0
  for shift in stride(from: UInt64(0), to: 70, by: 7) {
    let byte = try cursor.uint8("ULEB128")
    value |= UInt64(byte & 0x7F) << shift
    if byte < 0x80 { return value }
  }
  throw DecodeError(.invalid, at: cursor.offset, "ULEB128")
}

/// Zigzag ULEB128.
func readZigzag(_ cursor: inout ByteCursor) throws(DecodeError) -> Int64 {
  let value = try readULEB128(&cursor)
  return Int64(bitPattern: value >> 1) ^ -Int64(value & 1)
}

/// `count` values of `bitWidth` bits, least significant bit first.
func readBitPacked(_ cursor: inout ByteCursor, bitWidth: Int, count: Int) throws(DecodeError) -> [UInt64] {
  let bytes = try cursor.bytes((bitWidth * count + 7) / 8, "bit-packed values").array
  return (0..<count).map { index in
    (0..<bitWidth).reduce(UInt64(0)) { value, bit in
      let position = index * bitWidth + bit
      return value | UInt64(bytes[position / 8] >> UInt8(position % 8) & 1) << UInt64(bit)
    }
  }
}

/// `count` values of the RLE and bit-packing hybrid.
func readHybrid(_ cursor: inout ByteCursor, bitWidth: Int, count: Int) throws(DecodeError) -> [UInt32] {
  var values: [UInt32] = []
  while values.count < count {
    let header = try readULEB128(&cursor)
    if header & 1 == 1 {
      let packed = try readBitPacked(&cursor, bitWidth: bitWidth, count: Int(header >> 1) * 8)
      values += packed.map { UInt32($0) }
    } else {
      guard header >> 1 > 0, header >> 1 <= UInt64(count) else {
        throw DecodeError(.invalid, at: cursor.offset, "run length")
      }
      let value = try cursor.uint(bytes: (bitWidth + 7) / 8, "repeated value")
      values += [UInt32](repeating: UInt32(value), count: Int(header >> 1))
    }
  }
  return Array(values.prefix(count))
}

/// DELTA_BINARY_PACKED, to the end of its last miniblock; 32-bit values come sign-extended.
func readDelta(_ cursor: inout ByteCursor, is32Bit: Bool) throws(DecodeError) -> [Int64] {
  let blockSize = Int(try readULEB128(&cursor))
  let miniblockCount = Int(try readULEB128(&cursor))
  let count = Int(try readULEB128(&cursor))
  let miniblockSize = blockSize / miniblockCount
  var values = [try readZigzag(&cursor)]
  while values.count < count {
    let smallest = try readZigzag(&cursor)
    let widths = try cursor.bytes(miniblockCount, "bit widths").array
    for width in widths where values.count < count {
      for delta in try readBitPacked(&cursor, bitWidth: Int(width), count: miniblockSize) where values.count < count {
        let next = (values.last ?? 0) &+ smallest &+ Int64(bitPattern: delta)
        values.append(is32Bit ? Int64(Int32(truncatingIfNeeded: next)) : next)
      }
    }
  }
  return values
}
