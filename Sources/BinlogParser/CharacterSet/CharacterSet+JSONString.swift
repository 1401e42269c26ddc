import Bytes

extension OutputBuffer {
  /// Appends `text`, which is in `characterSet`, as a JSON string with its quotes, transcoded to UTF-8.
  ///
  /// What cannot be decoded becomes U+FFFD; returns how many of these were written. Text that is `binary` is taken for
  /// UTF-8, and so is `ascii`.
  @discardableResult
  public mutating func append(jsonString text: RawSpan, from characterSet: CharacterSet) -> Int {
    switch characterSet {
    case .utf8mb4, .utf8mb3, .ascii, .binary: append(jsonString: text)
    default: append(transcoded: text, from: characterSet)
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

  private mutating func append(transcoded text: RawSpan, from characterSet: CharacterSet) -> Int {
    reserve(text.byteCount &+ 16)
    append(UInt8(ascii: "\""))
    let replaced =
      switch characterSet {
      case .ucs2: append(utf16: text, isLittleEndian: false, hasSurrogates: false)
      case .utf16: append(utf16: text, isLittleEndian: false, hasSurrogates: true)
      case .utf16le: append(utf16: text, isLittleEndian: true, hasSurrogates: true)
      case .utf32: append(utf32: text)
      case .sjis: append(multiByte: text, ShiftJIS.sjis)
      case .cp932: append(multiByte: text, ShiftJIS.cp932)
      case .ujis: append(multiByte: text, EUCJP.ujis)
      case .eucjpms: append(multiByte: text, EUCJP.eucjpms)
      case .euckr: append(multiByte: text, EUCKR.euckr)
      case .gb2312: append(multiByte: text, GB2312.gb2312)
      case .gbk: append(multiByte: text, GBK.gbk)
      case .gb18030: append(multiByte: text, GBK.gb18030)
      case .big5: append(multiByte: text, Big5.big5)
      case .swe7: append(singleByte: text, SingleByteTable.all[Int(CharacterSet.swe7.rawValue)], keepsASCII: false)
      default: append(singleByte: text, SingleByteTable.all[Int(characterSet.rawValue)], keepsASCII: true)
      }
    append(UInt8(ascii: "\""))
    return replaced
  }

  /// Appends text whose bytes are the indices of `table`.
  private mutating func append(singleByte text: RawSpan, _ table: [EncodedScalar], keepsASCII: Bool) -> Int {
    guard table.count == 256 else { return append(jsonStringContent: text) }
    var offset = 0
    var replaced = 0
    while offset < text.byteCount {
      if keepsASCII { offset = appendPlainASCII(text, from: offset) }
      guard offset < text.byteCount else { break }
      replaced &+= append(jsonEscaped: table[Int(text[byteAt: offset])])
      offset &+= 1
    }
    return replaced
  }

  /// Appends text in an encoding with codes of several bytes.
  private mutating func append<Encoding: MultiByteEncoding>(multiByte text: RawSpan, _ encoding: Encoding) -> Int {
    var replaced = 0
    var offset = appendPlainASCII(text, from: 0)
    while offset < text.byteCount {
      let byte = text[byteAt: offset]
      if byte < 0x80 {
        append(jsonEscaped: byte)
        offset = appendPlainASCII(text, from: offset &+ 1)
      } else {
        let code = encoding.decode(text, at: offset)
        replaced &+= append(jsonEscaped: EncodedScalar(code.scalar))
        offset = min(offset &+ code.count, text.byteCount)
      }
    }
    return replaced
  }

  /// Appends UTF-16; UCS-2 when `hasSurrogates` is false.
  private mutating func append(utf16 text: RawSpan, isLittleEndian: Bool, hasSurrogates: Bool) -> Int {
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
      replaced &+= append(jsonEscaped: EncodedScalar(scalar))
    }
    return replaced &+ appendIncomplete(cursor.remaining)
  }

  /// Appends UTF-32, big-endian.
  private mutating func append(utf32 text: RawSpan) -> Int {
    var cursor = ByteCursor(text)
    var replaced = 0
    while let stored = try? cursor.uint32("UTF-32 unit") {
      replaced &+= append(jsonEscaped: EncodedScalar(stored.byteSwapped))
    }
    return replaced &+ appendIncomplete(cursor.remaining)
  }

  /// Appends U+FFFD where `count` bytes, too few for a character, end the text.
  private mutating func appendIncomplete(_ count: Int) -> Int {
    count == 0 ? 0 : append(jsonEscaped: .undefined)
  }
}
