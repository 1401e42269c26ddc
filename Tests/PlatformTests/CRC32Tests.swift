import Bytes
import CCRC32
import Testing

@Suite struct CRC32Tests {
  /// The definition, bit by bit.
  private static func reference(_ bytes: ArraySlice<UInt8>, from seed: UInt32) -> UInt32 {
    var crc = ~seed
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc >> 1 ^ (crc & 1 == 1 ? 0xEDB8_8320 : 0) }
    }
    return ~crc
  }

  @Test func checkValue() {
    let digits = OutputBuffer(utf8: "123456789")
    #expect(CRC32.checksum(of: digits.bytes) == 0xCBF4_3926)
  }

  @Test(arguments: [0, 1, 0xFFFF_FFFF, 0x1234_5678] as [UInt32])
  func allLengthsAndAlignments(seed: UInt32) {
    var random = SystemRandomNumberGenerator()
    let bytes = (0..<400).map { _ in UInt8.random(in: 0...255, using: &random) }
    for start in 0..<17 {
      for end in stride(from: start, through: bytes.count, by: start == 0 ? 1 : 7) {
        let crc = CRC32.checksum(of: bytes.span.bytes.extracting(start..<end), from: seed)
        #expect(crc == Self.reference(bytes[start..<end], from: seed), "\(bytes[start..<end])")
      }
    }
  }

  /// What other processors have.
  @Test(arguments: 0...2, [0, 0x1234_5678] as [UInt32])
  func everyLevelOfInstructions(limit: Int32, seed: UInt32) {
    let bytes = (0..<700).map { UInt8(truncatingIfNeeded: $0 * 57 ^ $0 >> 3) }
    for end in 0...bytes.count {
      let crc = bytes.withUnsafeBytes { ccrc32_up_to(limit, seed, $0.baseAddress, end) }
      #expect(crc == Self.reference(bytes[..<end], from: seed))
    }
  }

  @Test func goesOn() {
    let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 * 31) }
    let whole = CRC32.checksum(of: bytes.span.bytes)
    for cut in 0...bytes.count {
      let head = CRC32.checksum(of: bytes.span.bytes.extracting(first: cut))
      #expect(CRC32.checksum(of: bytes.span.bytes.extracting(cut...), from: head) == whole)
    }
  }
}
