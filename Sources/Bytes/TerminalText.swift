// Text from a server or a file, on its way to a terminal or into a log.
//
// Control characters (C0, DEL, C1) drive a terminal. The marks and overrides of the bidirectional algorithm show a line in
// another order than it has, and the line and paragraph separators begin a line. See
// <https://www.unicode.org/reports/tr9/> and <https://www.unicode.org/reports/tr36/>.

extension Unicode.Scalar {
  /// True if it drives a terminal, breaks a line or changes the direction of what follows.
  public var steersTerminal: Bool {
    switch value {
    case ..<0x20, 0x7F...0x9F: true
    case 0x061C, 0x200E...0x200F, 0x2028...0x202E, 0x2066...0x2069: true
    default: false
    }
  }
}

extension OutputBuffer {
  /// Escapes, as JSON does (`\u009b`), what steers a terminal in the UTF-8 from `start` on, but for controls below 0x20, which JSON
  /// strings do not hold.
  public mutating func escapeTerminalControls(from start: Int) {
    guard let first = bytes.terminalControl(from: start) else { return }
    var text = OutputBuffer(capacity: count - first.offset)
    text.append(bytes.extracting(first.offset..<count))
    truncate(to: first.offset)
    var offset = 0
    while let control = text.bytes.terminalControl(from: offset) {
      append(text.bytes.extracting(offset..<control.offset))
      append("\\u")
      for shift in [12, 8, 4, 0] { append(Self.hexDigit(control.scalar &>> UInt32(shift) & 15)) }
      offset = control.offset + control.byteCount
    }
    append(text.bytes.extracting(offset..<text.count))
  }

  private static func hexDigit(_ digit: UInt32) -> UInt8 {
    UInt8(truncatingIfNeeded: digit) &+ (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") &- 10)
  }
}

extension RawSpan {
  /// A character that steers a terminal.
  fileprivate struct TerminalControl {
    let scalar: UInt32
    let offset: Int
    let byteCount: Int
  }

  /// The first character from `start` on that steers a terminal and is not below 0x20.
  fileprivate func terminalControl(from start: Int) -> TerminalControl? {
    var offset = start
    while true {
      offset = endOfASCII(from: offset)
      guard offset < byteCount else { return nil }
      repeat {
        if let control = terminalControl(at: offset) { return control }
        offset &+= 1
      } while offset < byteCount && self[byteAt: offset] >= 0x7F
    }
  }

  /// The offset from `start` on of the first byte that is DEL or not ASCII, or the end.
  private func endOfASCII(from start: Int) -> Int {
    var offset = start
    while byteCount &- offset >= 16 {
      guard isPlainASCII(at: offset) else { break }
      offset &+= 16
    }
    // The last sixteen bytes, of which some were looked at already.
    if byteCount &- offset < 16, byteCount >= 16, isPlainASCII(at: byteCount &- 16) { return byteCount }
    while offset < byteCount, self[byteAt: offset] < 0x7F { offset &+= 1 }
    return offset
  }

  /// True if sixteen bytes from `offset` on are ASCII without DEL.
  @inline(__always)
  private func isPlainASCII(at offset: Int) -> Bool {
    let words = twoWords(at: offset)
    let hits = words | (words &+ SIMD2(repeating: 0x0101_0101_0101_0101))
    return (hits.x | hits.y) & 0x8080_8080_8080_8080 == 0
  }

  /// The character that begins at `offset`, if it steers a terminal.
  @inline(__always)
  private func terminalControl(at offset: Int) -> TerminalControl? {
    let first = self[byteAt: offset]
    if first == 0x7F { return TerminalControl(scalar: 0x7F, offset: offset, byteCount: 1) }
    guard byteCount &- offset >= 2 else { return nil }
    let second = UInt32(self[byteAt: offset &+ 1] & 0x3F)
    let scalar: UInt32
    var count = 2
    switch first {
    case 0xC2, 0xD8: scalar = UInt32(first & 0x1F) &<< 6 | second
    case 0xE2 where byteCount &- offset >= 3:
      scalar = 0x2000 | second &<< 6 | UInt32(self[byteAt: offset &+ 2] & 0x3F)
      count = 3
    default: return nil
    }
    guard let character = Unicode.Scalar(scalar), character.steersTerminal else { return nil }
    return TerminalControl(scalar: scalar, offset: offset, byteCount: count)
  }
}
