import Bytes

/// UUID, INET4 and INET6 of MariaDB, spelled as the server spells them.
extension OutputBuffer {
  /// Appends "00112233-4455-4677-8899-aabbccddeeff".
  @usableFromInline
  package mutating func append(uuid bytes: InlineArray<16, UInt8>) {
    for index in 0..<16 {
      if index == 4 || index == 6 || index == 8 || index == 10 { append(UInt8(ascii: "-")) }
      append(hexDigit: bytes[index] >> 4)
      append(hexDigit: bytes[index] & 15)
    }
  }

  /// Appends "1.2.3.4": the four bytes from `start` on.
  @usableFromInline
  package mutating func append(inet4 bytes: InlineArray<16, UInt8>, at start: Int) {
    for index in start..<start + 4 {
      if index > start { append(UInt8(ascii: ".")) }
      append(decimal: UInt64(bytes[index]))
    }
  }

  /// Appends "2001:db8::1": the first of the longest runs of zero groups, and be it one, is left out; the last four bytes of an address of
  /// IPv4, mapped or compatible, are in its style.
  @usableFromInline
  package mutating func append(inet6 bytes: InlineArray<16, UInt8>) {
    let gap = Self.longestGap(of: bytes)
    let isMapped = gap == 0..<5 && Self.group(5, of: bytes) == 0xFFFF
    let count = isMapped || gap == 0..<6 ? 6 : 8
    var index = 0
    while index < count {
      if index == gap.lowerBound, !gap.isEmpty {
        append(index == 0 ? "::" : ":")
        index = gap.upperBound
        continue
      }
      append(hexGroup: Self.group(index, of: bytes))
      index += 1
      if index < 8 { append(UInt8(ascii: ":")) }
    }
    if count == 6 { append(inet4: bytes, at: 12) }
  }

  private static func group(_ index: Int, of bytes: InlineArray<16, UInt8>) -> UInt16 {
    UInt16(bytes[2 * index]) << 8 | UInt16(bytes[2 * index + 1])
  }

  /// The first of the longest runs of groups that are zero; empty where there is none. Unlike inet_ntop, the server leaves out
  /// a single one too.
  private static func longestGap(of bytes: InlineArray<16, UInt8>) -> Range<Int> {
    var longest = 8..<8
    var start = 0
    for index in 0...8 {
      if index < 8, group(index, of: bytes) == 0 { continue }
      if index - start > longest.count { longest = start..<index }
      start = index + 1
    }
    return longest
  }

  /// Appends up to four digits, without zeros before them.
  private mutating func append(hexGroup value: UInt16) {
    var shift: UInt16 = 12
    while shift > 0, value >> shift == 0 { shift -= 4 }
    while true {
      append(hexDigit: UInt8(value >> shift & 15))
      if shift == 0 { return }
      shift -= 4
    }
  }

  private mutating func append(hexDigit value: UInt8) {
    append(value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: "a") - 10 + value)
  }
}
