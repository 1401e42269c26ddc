import BinlogParser
import Bytes
import Testing

@Suite struct IntegerTests {
  @Test func matchesTheStandardLibraryAtEveryPowerOfTen() throws {
    var power: UInt64 = 1
    for _ in 0..<20 {
      for value in [power &- 1, power, power &+ 1] {
        #expect(try rendered { $0.append(decimal: value) } == "\(value)")
        #expect(
          try rendered { $0.append(decimal: -Int64(truncatingIfNeeded: value)) }
            == "\(-Int64(truncatingIfNeeded: value))")
      }
      power = power.multipliedReportingOverflow(by: 10).partialValue
    }
    #expect(try rendered { $0.append(decimal: UInt64.max) } == "18446744073709551615")
    #expect(try rendered { $0.append(decimal: Int64.min) } == "-9223372036854775808")
    #expect(try rendered { $0.append(decimal: Int64.max) } == "9223372036854775807")
  }

  @Test(arguments: [UInt64(1), 2, 3]) func matchesTheStandardLibraryOnRandomNumbers(seed: UInt64) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<5_000 {
      let value = random.next() >> UInt64.random(in: 0..<64, using: &random)
      #expect(try rendered { $0.append(decimal: value) } == "\(value)")
      let signed = Int64(bitPattern: random.next()) >> Int64.random(in: 0..<64, using: &random)
      #expect(try rendered { $0.append(decimal: signed) } == "\(signed)")
    }
  }

  @Test func everyTwoDigits() throws {
    for value in UInt8(0)..<100 {
      #expect(try rendered { $0.append(twoDigits: value) } == (value < 10 ? "0\(value)" : "\(value)"))
    }
  }

  @Test(arguments: 0...9) func fixedWidthPadsWithZerosAndKeepsTheLastDigits(width: Int) throws {
    for value in [UInt32(0), 7, 12_345_678, 123_456_789, 999_999_999, 100_000_000, 4_294_967_295] {
      let text = "\(value)"
      let expected = String((String(repeating: "0", count: 10) + text).suffix(width))
      #expect(try rendered { $0.append(digits: value, width: width) } == expected)
    }
  }
}
