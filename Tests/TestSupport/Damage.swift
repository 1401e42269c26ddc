/// Ways to damage bytes that a decoder must survive.
public enum Damage {
  /// `bytes` with each single bit flipped in turn, from byte `start` on.
  public static func bitFlips(of bytes: [UInt8], from start: Int = 0) -> some Sequence<[UInt8]> {
    (start * 8..<max(bytes.count, start) * 8).lazy.map { bit in
      var damaged = bytes
      damaged[bit / 8] ^= 1 << UInt8(bit % 8)
      return damaged
    }
  }

  /// Each beginning of `bytes` that is shorter than the whole.
  public static func truncations(of bytes: [UInt8]) -> some Sequence<[UInt8]> {
    (0..<bytes.count).lazy.map { Array(bytes[..<$0]) }
  }
}
