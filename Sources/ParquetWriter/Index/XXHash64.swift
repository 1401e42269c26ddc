import Bytes

// https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md

/// XXH64 with seed 0, with which bloom filters hash values.
enum XXHash64 {
  private static let prime1: UInt64 = 0x9E37_79B1_85EB_CA87
  private static let prime2: UInt64 = 0xC2B2_AE3D_27D4_EB4F
  private static let prime3: UInt64 = 0x1656_67B1_9E37_79F9
  private static let prime4: UInt64 = 0x85EB_CA77_C2B2_AE63
  private static let prime5: UInt64 = 0x27D4_EB2F_1656_67C5

  /// The hash of `bytes`.
  static func hash(_ bytes: RawSpan) -> UInt64 {
    var offset = 0
    var hash = bytes.byteCount < 32 ? prime5 : stripes(bytes, &offset)
    hash &+= UInt64(bytes.byteCount)
    while offset + 8 <= bytes.byteCount {
      hash = rotated(hash ^ round(0, word(bytes, offset)), 27) &* prime1 &+ prime4
      offset += 8
    }
    if offset + 4 <= bytes.byteCount {
      let half = UInt32(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt32.self))
      hash = rotated(hash ^ UInt64(half) &* prime1, 23) &* prime2 &+ prime3
      offset += 4
    }
    while offset < bytes.byteCount {
      hash = rotated(hash ^ UInt64(bytes[byteAt: offset]) &* prime5, 11) &* prime1
      offset += 1
    }
    return avalanche(hash)
  }

  /// The hash of all stripes of 32 bytes.
  private static func stripes(_ bytes: RawSpan, _ offset: inout Int) -> UInt64 {
    var lanes = SIMD4(prime1 &+ prime2, prime2, 0, 0 &- prime1)
    while offset + 32 <= bytes.byteCount {
      for lane in 0..<4 { lanes[lane] = round(lanes[lane], word(bytes, offset + 8 * lane)) }
      offset += 32
    }
    var hash = rotated(lanes[0], 1) &+ rotated(lanes[1], 7)
    hash &+= rotated(lanes[2], 12) &+ rotated(lanes[3], 18)
    for lane in 0..<4 { hash = (hash ^ round(0, lanes[lane])) &* prime1 &+ prime4 }
    return hash
  }

  private static func round(_ lane: UInt64, _ word: UInt64) -> UInt64 {
    rotated(lane &+ word &* prime2, 31) &* prime1
  }

  private static func avalanche(_ value: UInt64) -> UInt64 {
    var hash = value
    hash = (hash ^ hash >> 33) &* prime2
    hash = (hash ^ hash >> 29) &* prime3
    return hash ^ hash >> 32
  }

  private static func rotated(_ value: UInt64, _ bits: UInt64) -> UInt64 { value << bits | value >> (64 - bits) }

  private static func word(_ bytes: RawSpan, _ offset: Int) -> UInt64 {
    UInt64(littleEndian: unsafe bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
  }
}
