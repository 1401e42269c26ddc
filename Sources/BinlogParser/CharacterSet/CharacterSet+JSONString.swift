import Bytes

extension OutputBuffer {
  /// Appends `text`, which is in `characterSet`, as a JSON string with its quotes, transcoded to UTF-8.
  ///
  /// What cannot be decoded becomes U+FFFD; returns how many of these were written. Text that is `binary` is taken for
  /// UTF-8, and so is `ascii`.
  @discardableResult
  public mutating func append(jsonString text: RawSpan, from characterSet: CharacterSet) -> Int {
    switch characterSet {
    case .utf8mb4, .utf8mb3, .ascii, .binary: return append(jsonString: text)
    default:
      reserve(text.byteCount &+ 16)
      append(UInt8(ascii: "\""))
      let replaced = append(transcoded: text, from: characterSet, as: JSONCharacters.self)
      append(UInt8(ascii: "\""))
      return replaced
    }
  }

  /// Appends `text`, which is in `characterSet`, transcoded to UTF-8; nothing where a character cannot be decoded.
  ///
  /// Text that is `binary` is taken for UTF-8, and so is `ascii`. Returns false where nothing was appended.
  public mutating func append(utf8Of text: RawSpan, from characterSet: CharacterSet) -> Bool {
    switch characterSet {
    case .utf8mb4, .utf8mb3, .ascii, .binary:
      guard text.isWellFormedUTF8 else { return false }
      append(text)
      return true
    default:
      let start = count
      reserve(text.byteCount)
      if append(transcoded: text, from: characterSet, as: PlainCharacters.self) == 0 { return true }
      truncate(to: start)
      return false
    }
  }

  /// Appends `text`, which is in `characterSet`, transcoded to UTF-8, with U+FFFD for what cannot be decoded.
  mutating func append(repairedUTF8Of text: RawSpan, from characterSet: CharacterSet) {
    switch characterSet {
    case .utf8mb4, .utf8mb3, .ascii, .binary: append(text.utf8String)
    default: _ = append(transcoded: text, from: characterSet, as: PlainCharacters.self)
    }
  }

  /// Appends `text` as `append(jsonString:from:)` does, and escapes also what steers a terminal.
  @usableFromInline
  mutating func append(terminalString text: RawSpan, from characterSet: CharacterSet) -> Int {
    var start = count
    var replaced = 0
    if characterSet == .utf8mb4 || characterSet == .utf8mb3 || characterSet == .ascii {
      append(UInt8(ascii: "\""))
      let plain = appendPlainASCII(text, from: 0)
      guard plain < text.byteCount else {
        append(UInt8(ascii: "\""))
        return 0
      }
      start = count
      replaced = append(jsonStringContent: text, from: plain)
      append(UInt8(ascii: "\""))
    } else {
      replaced = append(jsonString: text, from: characterSet)
    }
    escapeTerminalControls(from: start)
    return replaced
  }

  /// Appends `text`, transcoded; returns how many of its codes have no character.
  private mutating func append<Spelling: CharacterSpelling>(
    transcoded text: RawSpan, from characterSet: CharacterSet, as spelling: Spelling.Type
  ) -> Int {
    switch characterSet {
    case .ucs2: append(utf16: text, isLittleEndian: false, hasSurrogates: false, spelling)
    case .utf16: append(utf16: text, isLittleEndian: false, hasSurrogates: true, spelling)
    case .utf16le: append(utf16: text, isLittleEndian: true, hasSurrogates: true, spelling)
    case .utf32: append(utf32: text, spelling)
    case .sjis: append(multiByte: text, ShiftJIS.sjis, spelling)
    case .cp932: append(multiByte: text, ShiftJIS.cp932, spelling)
    case .ujis: append(multiByte: text, EUCJP.ujis, spelling)
    case .eucjpms: append(multiByte: text, EUCJP.eucjpms, spelling)
    case .euckr: append(multiByte: text, EUCKR.euckr, spelling)
    case .gb2312: append(multiByte: text, GB2312.gb2312, spelling)
    case .gbk: append(multiByte: text, GBK.gbk, spelling)
    case .gb18030: append(multiByte: text, GBK.gb18030, spelling)
    case .big5: append(multiByte: text, Big5.big5, spelling)
    case .swe7:
      append(singleByte: text, SingleByteTable.all[Int(CharacterSet.swe7.rawValue)], keepsASCII: false, spelling)
    default: append(singleByte: text, SingleByteTable.all[Int(characterSet.rawValue)], keepsASCII: true, spelling)
    }
  }

  /// Appends text whose bytes are the indices of `table`.
  private mutating func append<Spelling: CharacterSpelling>(
    singleByte text: RawSpan, _ table: [EncodedScalar], keepsASCII: Bool, _ spelling: Spelling.Type
  ) -> Int {
    guard table.count == 256 else { return append(jsonStringContent: text) }
    var offset = 0
    var replaced = 0
    while offset < text.byteCount {
      if keepsASCII { offset = appendPlainASCII(text, from: offset) }
      guard offset < text.byteCount else { break }
      replaced &+= append(table[Int(text[byteAt: offset])], as: spelling)
      offset &+= 1
    }
    return replaced
  }

  /// Appends text in an encoding with codes of several bytes.
  private mutating func append<Encoding: MultiByteEncoding, Spelling: CharacterSpelling>(
    multiByte text: RawSpan, _ encoding: Encoding, _ spelling: Spelling.Type
  ) -> Int {
    var replaced = 0
    var offset = appendPlainASCII(text, from: 0)
    while offset < text.byteCount {
      let byte = text[byteAt: offset]
      if byte < 0x80 {
        spelling.append(byte, to: &self)
        offset = appendPlainASCII(text, from: offset &+ 1)
      } else {
        let code = encoding.decode(text, at: offset)
        replaced &+= append(EncodedScalar(code.scalar), as: spelling)
        offset = min(offset &+ code.count, text.byteCount)
      }
    }
    return replaced
  }

  /// Appends UTF-16; UCS-2 when `hasSurrogates` is false.
  private mutating func append<Spelling: CharacterSpelling>(
    utf16 text: RawSpan, isLittleEndian: Bool, hasSurrogates: Bool, _ spelling: Spelling.Type
  ) -> Int {
    var cursor = ByteCursor(text)
    var replaced = 0
    while let stored = try? cursor.uint16("UTF-16 unit") {
      let unit = UInt32(isLittleEndian ? stored : stored.byteSwapped)
      var scalar = unit
      if hasSurrogates, unit & 0xFC00 == 0xD800, cursor.remaining >= 2 {
        let next = text[byteAt: cursor.offset &+ (isLittleEndian ? 1 : 0)]
        if next & 0xFC == 0xDC, let second = try? cursor.uint16("UTF-16 unit") {
          let low = UInt32(isLittleEndian ? second : second.byteSwapped)
          scalar = 0x1_0000 &+ (unit & 0x3FF) &<< 10 | low & 0x3FF
        }
      }
      replaced &+= append(EncodedScalar(scalar), as: spelling)
    }
    return replaced &+ appendIncomplete(cursor.remaining, spelling)
  }

  /// Appends UTF-32, big-endian.
  private mutating func append<Spelling: CharacterSpelling>(
    utf32 text: RawSpan, _ spelling: Spelling.Type
  ) -> Int {
    var cursor = ByteCursor(text)
    var replaced = 0
    while let stored = try? cursor.uint32("UTF-32 unit") {
      replaced &+= append(EncodedScalar(stored.byteSwapped), as: spelling)
    }
    return replaced &+ appendIncomplete(cursor.remaining, spelling)
  }

  /// Appends U+FFFD where `count` bytes, too few for a character, end the text.
  private mutating func appendIncomplete<Spelling: CharacterSpelling>(_ count: Int, _ spelling: Spelling.Type) -> Int {
    count == 0 ? 0 : append(.undefined, as: spelling)
  }
}
