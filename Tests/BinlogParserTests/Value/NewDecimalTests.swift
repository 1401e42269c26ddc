import BinlogParser
import Bytes
import Testing

@Suite struct NewDecimalTests {
  /// CREATE TABLE t (c DECIMAL(precision, scale)) on MySQL 9.7.4: the value's bytes in the row event and SELECT's text.
  @Test(
    arguments: [
      (10, 2, "7fffffffcd", "-0.50"), (10, 2, "8000000000", "0.00"), (10, 2, "80bc614e5a", "12345678.90"),
      (10, 2, "7a0a1f009c", "-99999999.99"), (2, 2, "78", "-0.07"), (2, 2, "e3", "0.99"),
      (18, 9, "7ffffffeffffffff", "-1.000000000"), (18, 9, "bb9ac9ff3b9ac9ff", "999999999.999999999"),
      (5, 0, "7fff84", "-123"), (30, 17, "7ffffffffffcfffffffffffffff1", "-3.00000000000000014"),
      (65, 0, "8000000000000000000000000000000000000000000000000000000001", "1"),
      (
        65, 30, "7f439eb1ca484078caf1cb3fd0f8a086f8a432eaff439eb1ca484078fc85",
        "-12345678901234567890123456789012345.123456789012345678901234567890"
      ),
      (
        65, 30, "800000000000000000000000000000000000000000000000000000000001",
        "0.000000000000000000000000000001"
      ),
    ] as [(UInt8, UInt8, String, String)])
  func serverText(precision: UInt8, scale: UInt8, hex: String, text: String) throws {
    let decimal = try NewDecimal(precision: precision, scale: scale)
    let bytes = bytes(hex: hex)
    #expect(decimal.byteCount == bytes.count)
    #expect(try rendered { out throws(DecodeError) in try decimal.append(bytes.span.bytes, to: &out) } == text)
  }

  /// The servers turn -0.001 into 0.00 when they store it (seen in MySQL 9.7.4 and MariaDB 11.8.6), sign and all.
  @Test func zeroHasNoSign() throws {
    for (precision, scale, text) in [(10, 2, "0.00"), (5, 0, "0"), (2, 2, "0.00"), (30, 12, "0.000000000000")] {
      let decimal = try NewDecimal(precision: UInt8(precision), scale: UInt8(scale))
      let zero = [0x7F] + [UInt8](repeating: 0xFF, count: decimal.byteCount - 1)
      #expect(try rendered { out throws(DecodeError) in try decimal.append(zero.span.bytes, to: &out) } == text)
    }
  }

  @Test(arguments: [(0, 0), (82, 0), (40, 31), (5, 6)] as [(UInt8, UInt8)])
  func noSuchColumn(precision: UInt8, scale: UInt8) {
    #expect(throws: DecodeError.self) { try NewDecimal(precision: precision, scale: scale) }
  }

  @Test func groupsBeyondTheirDigitsAreInvalid() throws {
    for (precision, scale, hex) in [(9, 0, "bb9aca00"), (1, 0, "8a"), (3, 1, "80e40a"), (2, 2, "e4"), (4, 0, "a711")] {
      let decimal = try NewDecimal(precision: UInt8(precision), scale: UInt8(scale))
      let bytes = bytes(hex: hex)
      var out = OutputBuffer()
      out.append("x")
      #expect(throws: DecodeError.self) {
        try decimal.append(bytes.span.bytes, to: &out)
      }
      #expect(out.array.count == 1)
    }
  }

  @Test(arguments: UInt8(1)...65) func everyLayoutAgainstASlowReference(precision: UInt8) throws {
    var random = SplitMix64(seed: UInt64(precision))
    for scale in 0...min(precision, 30) {
      let decimal = try NewDecimal(precision: precision, scale: scale)
      for _ in 0..<8 {
        let digits = (0..<precision).map { _ in Int.random(in: 0...9, using: &random) }
        let kept = Int.random(in: 0...Int(precision), using: &random)
        let sparse = digits.enumerated().map { $0.offset < kept ? 0 : $0.element }
        let isNegative = Bool.random(using: &random) && sparse.contains { $0 != 0 }
        let bytes = reference(sparse, scale: Int(scale), isNegative: isNegative)
        #expect(bytes.count == decimal.byteCount)
        let text = try rendered { out throws(DecodeError) in try decimal.append(bytes.span.bytes, to: &out) }
        #expect(text == referenceText(sparse, scale: Int(scale), isNegative: isNegative))
        try expectNumbers(of: decimal, bytes, text)
      }
    }
  }

  @Test(arguments: [(10, 2), (65, 30), (7, 7), (19, 4), (1, 0)] as [(UInt8, UInt8)])
  func damagedBytes(precision: UInt8, scale: UInt8) throws {
    let decimal = try NewDecimal(precision: precision, scale: scale)
    let value = reference([Int](repeating: 9, count: Int(precision)), scale: Int(scale), isNegative: true)
    damage(value) { bytes in
      var out = OutputBuffer()
      do {
        try decimal.append(bytes.span.bytes, to: &out)
        #expect(bytes.count == value.count)
      } catch {
        #expect(out.array.isEmpty)
        #expect(throws: DecodeError.self) { try decimal.int64(bytes.span.bytes) }
        #expect(throws: DecodeError.self) { try decimal.int128(bytes.span.bytes) }
      }
    }
    let longer = value + [0]
    #expect(throws: DecodeError.self) {
      try rendered { out throws(DecodeError) in try decimal.append(longer.span.bytes, to: &out) }
    }
  }

  /// The numbers are the digits of the text; where they may not fit, nothing comes out.
  private func expectNumbers(of decimal: NewDecimal, _ bytes: [UInt8], _ text: String) throws {
    let digits = text.filter { $0 != "." }
    if decimal.precision <= 18 {
      #expect(try decimal.int64(bytes.span.bytes) == Int64(digits))
    } else {
      #expect(throws: DecodeError.self) { try decimal.int64(bytes.span.bytes) }
    }
    if decimal.precision <= 38 {
      #expect(try decimal.int128(bytes.span.bytes) == Int128(digits))
    } else {
      #expect(throws: DecodeError.self) { try decimal.int128(bytes.span.bytes) }
    }
  }

  private func referenceText(_ digits: [Int], scale: Int, isNegative: Bool) -> String {
    let integer = digits.dropLast(scale).drop { $0 == 0 }.map(String.init).joined()
    let fraction = digits.suffix(scale).map(String.init).joined()
    return (isNegative ? "-" : "") + (integer.isEmpty ? "0" : integer) + (scale > 0 ? "." + fraction : "")
  }

  /// The stored form, by the rules of the reference manual, one group after the other.
  private func reference(_ digits: [Int], scale: Int, isNegative: Bool) -> [UInt8] {
    let sizes = [0, 1, 1, 2, 2, 3, 3, 4, 4, 4]
    func group(_ digits: ArraySlice<Int>) -> [UInt8] {
      let value = digits.reduce(0) { $0 * 10 + $1 }
      return (0..<sizes[digits.count]).reversed().map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
    var integer = digits.dropLast(scale)
    var bytes = group(integer.prefix(integer.count % 9))
    integer = integer.dropFirst(integer.count % 9)
    while !integer.isEmpty {
      bytes += group(integer.prefix(9))
      integer = integer.dropFirst(9)
    }
    var fraction = digits.suffix(scale)
    while !fraction.isEmpty {
      bytes += group(fraction.prefix(9))
      fraction = fraction.dropFirst(9)
    }
    if isNegative { bytes = bytes.map { ~$0 } }
    bytes[0] ^= 0x80
    return bytes
  }
}
