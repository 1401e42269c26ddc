import BinlogParser
import Bytes

/// What `body` writes, or the error that it throws.
func rendered(_ body: (inout OutputBuffer) throws(DecodeError) -> Void) throws(DecodeError) -> String {
  var out = OutputBuffer(capacity: 16)
  try body(&out)
  return String(decoding: out.array, as: UTF8.self)
}

/// The bytes of a string of hexadecimal digits.
func bytes(hex: String) -> [UInt8] {
  var digits = hex.utf8.makeIterator()
  var bytes: [UInt8] = []
  while let high = digits.next(), let low = digits.next() {
    bytes.append(UInt8(String(decoding: [high, low], as: UTF8.self), radix: 16) ?? 0)
  }
  return bytes
}

/// Reads a value from all of `bytes` and writes it.
func reading(
  _ bytes: [UInt8], _ body: (inout ByteCursor, inout OutputBuffer) throws(DecodeError) -> Void
) throws(DecodeError) -> String {
  var out = OutputBuffer(capacity: 16)
  var cursor = ByteCursor(bytes.span.bytes)
  try body(&cursor, &out)
  try cursor.expectEnd("value")
  return String(decoding: out.array, as: UTF8.self)
}

/// A small, fast, seeded generator of random numbers: tests print its seed.
struct SplitMix64: RandomNumberGenerator {
  var state: UInt64

  init(seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ mixed >> 30) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ mixed >> 27) &* 0x94D0_49BB_1331_11EB
    return mixed ^ mixed >> 31
  }
}

/// Runs `decode` on every prefix of `bytes` and on `bytes` with every single bit flipped: it may return or throw.
func damage(_ bytes: [UInt8], _ decode: ([UInt8]) -> Void) {
  for count in 0..<bytes.count { decode(Array(bytes[..<count])) }
  for bit in 0..<bytes.count * 8 {
    var flipped = bytes
    flipped[bit / 8] ^= 1 << UInt8(bit % 8)
    decode(flipped)
  }
}
