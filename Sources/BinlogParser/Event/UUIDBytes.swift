import Bytes

/// The 16 bytes of a UUID, ordered as the server orders them: byte by byte.
public struct UUIDBytes: Sendable, Hashable, Comparable, CustomStringConvertible {
  private let high: UInt64
  private let low: UInt64

  /// A copy of 16 bytes.
  init(_ bytes: RawSpan) {
    precondition(bytes.byteCount == 16, "a UUID has 16 bytes")
    high = (0..<8).reduce(0) { $0 << 8 | UInt64(bytes[byteAt: $1]) }
    low = (8..<16).reduce(0) { $0 << 8 | UInt64(bytes[byteAt: $1]) }
  }

  /// 16 bytes.
  init(_ bytes: [UInt8]) {
    precondition(bytes.count == 16, "a UUID has 16 bytes")
    high = bytes[..<8].reduce(0) { $0 << 8 | UInt64($1) }
    low = bytes[8...].reduce(0) { $0 << 8 | UInt64($1) }
  }

  /// The bytes in the order in which they are written.
  public var bytes: [UInt8] {
    [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> UInt64(56 - 8 * $0)) } }
  }

  /// "3e11fa47-71ca-11e1-9e33-c80aa9429562".
  public var description: String {
    var text = ""
    for (index, byte) in bytes.enumerated() {
      if [4, 6, 8, 10].contains(index) { text += "-" }
      text += EventField.hex(byte)
    }
    return text
  }

  /// True if `a` comes before `b`.
  public static func < (a: UUIDBytes, b: UUIDBytes) -> Bool { (a.high, a.low) < (b.high, b.low) }
}
