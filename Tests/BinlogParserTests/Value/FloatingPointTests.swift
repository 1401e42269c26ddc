import BinlogParser
import Bytes
import Testing

@Suite struct FloatingPointTests {
  @Test(arguments: [
    (1.0, "1"), (-0.0, "-0.0"), (0.0, "0"), (0.1, "0.1"), (0.1 + 0.2, "0.30000000000000004"), (1e20, "1e20"),
    (1.5e-7, "1.5e-7"), (-2.5, "-2.5"), (100.25, "100.25"), (1e15, "1000000000000000"), (1e-5, "1e-5"),
    (0.001, "0.001"), (0.0001, "0.0001"), (123_456_789_012_345_680, "1.2345678901234568e17"), (-1.05, "-1.05"),
    (2.225_073_858_507_201_4e-308, "2.2250738585072014e-308"), (.leastNonzeroMagnitude, "5e-324"), (1e100, "1e100"),
    (1.797_693_134_862_315_7e308, "1.7976931348623157e308"), (0.000_001, "1e-6"), (99.999_999, "99.999999"),
    (.infinity, "null"), (-.infinity, "null"), (.nan, "null"),
  ])
  func double(value: Double, text: String) throws {
    #expect(try rendered { $0.append(shortest: value) } == text)
  }

  /// MySQL 9.7: CREATE TABLE t (c FLOAT), the bit patterns in the row events of its INSERTs.
  @Test(
    arguments: [
      (0x3F80_0000, "1"), (0x3DCC_CCCD, "0.1"), (0x60AD_78EC, "1e20"), (0x007F_FFE1, "1.17549e-38"),
      (0x7F7F_FFEE, "3.40282e38"), (0x4B80_0000, "16777216"), (0x33D6_BF95, "1e-7"), (0xBDCC_CCCD, "-0.1"),
      (0x8000_0000, "-0.0"), (0x7F80_0000, "null"), (0x7FC0_0000, "null"), (0x0000_0001, "1e-45"),
    ] as [(UInt32, String)])
  func float(bits: UInt32, text: String) throws {
    #expect(try rendered { $0.append(shortest: Float(bitPattern: bits)) } == text)
  }

  /// SELECT JSON_ARRAY(1e0, -0e0, 1e20, 0.1e0) on MySQL 9.7 gives [1.0, -0.0, 1e20, 0.1].
  @Test(arguments: [
    (1.0, "1.0"), (-0.0, "-0.0"), (1e20, "1e20"), (0.1, "0.1"), (1e14, "100000000000000.0"), (1.5e-7, "1.5e-7"),
    (.nan, "null"),
  ])
  func jsonDouble(value: Double, text: String) throws {
    #expect(try rendered { $0.append(jsonDouble: value) } == text)
  }

  @Test(arguments: [UInt64(11), 12, 13]) func readsBackAndIsAsShortAsTheStandardLibrary(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<2_500 {
      for value in [
        Double(bitPattern: random.next()), Double(Int64.random(in: -(1 << 50)...(1 << 50), using: &random)) / 100,
        Double(Int64.random(in: -(1 << 40)...(1 << 40), using: &random)) / 1_000_000,
        Double.random(in: -100...100, using: &random),
      ] where value.isFinite {
        let text = try rendered { $0.append(shortest: value) }
        #expect(Double(text)?.bitPattern == value.bitPattern)
        #expect(significantDigits(text) == significantDigits(value.description))
        #expect(try rendered { $0.append(jsonDouble: value) }.contains { !"-0123456789".contains($0) })
      }
      let bits = UInt32(truncatingIfNeeded: random.next())
      for value in [Float(bitPattern: bits), Float(bits % 1_000_000) / 100, Float(bits % 1_000_000) / 10_000]
      where value.isFinite {
        let text = try rendered { $0.append(shortest: value) }
        #expect(Float(text)?.bitPattern == value.bitPattern)
        #expect(significantDigits(text) == significantDigits(value.description))
      }
    }
  }

  /// The digits without sign, point, exponent, and zeros at either end.
  private func significantDigits(_ text: String) -> String {
    let digits = text.prefix { $0 != "e" }.filter { $0.isNumber }.drop { $0 == "0" }
    return String(digits.reversed().drop { $0 == "0" }.reversed())
  }
}
