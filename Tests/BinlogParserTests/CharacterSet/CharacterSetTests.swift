import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct CharacterSetTests {
  /// SELECT HEX(CONVERT('the text' USING the character set)) on MySQL 9.7.4.
  @Test(
    arguments: [
      (.latin1, "4dfc6c6c65722080", "Müller €"),
      (.latin2, "a3f364bc", "Łódź"),
      (.cp1250, "a3f3649f2080", "Łódź €"),
      (.cp1251, "cff0e8e2e5f2", "Привет"),
      (.koi8r, "f0d2c9d7c5d4", "Привет"),
      (.koi8u, "f0d2c9d7a6d4", "Привіт"),
      (.cp866, "8fe0a8a2a5e2", "Привет"),
      (.greek, "c1e8deede1", "Αθήνα"),
      (.hebrew, "f9ece5ed", "שלום"),
      (.cp1256, "d3e1c7e3", "سلام"),
      (.tis620, "cac7d1cab4d5", "สวัสดี"),
      (.latin5, "dd7374616e62756c", "İstanbul"),
      (.latin7, "52ee6761", "Rīga"),
      (.cp1257, "52ee6761", "Rīga"),
      (.cp850, "4b946c6e", "Köln"),
      (.cp852, "9da264ab", "Łódź"),
      (.macroman, "5a9f72696368", "Zürich"),
      (.macce, "fc976490", "Łódź"),
      (.dec8, "4bf66c6e", "Köln"),
      (.hp8, "4bce6c6e", "Köln"),
      (.swe7, "5d6e677374727c6d", "Ångström"),
      (.armscii8, "baf1b3dd", "Երան"),
      (.geostd8, "c8c1c9cbc9d3c9", "თბილისი"),
      (.keybcs2, "506c7a65a4", "Plzeň"),
      (.sjis, "938c8b9e835c815b8358", "東京ソース"),
      (.cp932, "938c8b9e87408160", "東京①～"),
      (.ujis, "c5ecb5fe8eb18fb0a1", "東京ｱ丂"),
      (.eucjpms, "c5ecb5feada18eb18fb0a1", "東京①ｱ丂"),
      (.gbk, "b1b1bea9e667", "北京鎔"),
      (.gb2312, "b1b1bea9", "北京"),
      (.gb18030, "b1b1bea9a2e39439fc3681308938", "北京€😀ß"),
      (.big5, "a578a55fa55c", "台北功"),
      (.euckr, "bcadbfef8c63f9d3", "서울똠漢"),
      (.ucs2, "006167710022", "a東\\\""),
      (.utf16, "00616771d83dde00", "a東😀"),
      (.utf16le, "610071673dd800de", "a東😀"),
      (.utf32, "00000061000067710001f600", "a東😀"),
    ] as [(CharacterSet, String, String)])
  func serverBytes(characterSet: CharacterSet, hex: String, text: String) throws {
    let bytes = bytes(hex: hex)
    #expect(try rendered { $0.append(jsonString: bytes.span.bytes, from: characterSet) } == "\"\(text)\"")
    let plain = text.replacing("\\\"", with: "\"")
    var isText = false
    #expect(try rendered { isText = $0.append(utf8Of: bytes.span.bytes, from: characterSet) } == plain)
    #expect(isText)
  }

  /// Text of every character set is the same with and without JSON's escapes, or does not come out at all.
  @Test(arguments: CharacterSet.allCases) func plainTextIsTheJSONString(_ characterSet: CharacterSet) throws {
    var random = SplitMix64(seed: 7)
    for length in 0..<400 {
      let bytes = (0..<length % 40).map { _ in UInt8.random(in: 0...(length < 200 ? 0x7F : 0xFF), using: &random) }
      var json = OutputBuffer()
      let replaced = json.append(jsonString: bytes.span.bytes, from: characterSet)
      var plain = OutputBuffer()
      plain.append("x")
      let isText = plain.append(utf8Of: bytes.span.bytes, from: characterSet)
      #expect(isText == (replaced == 0))
      // Back from JSON: an escaped character is the same text in a document of its own.
      var quoted = OutputBuffer()
      if isText { quoted.append(jsonStringContent: plain.bytes.extracting(1..<plain.count)) }
      #expect(isText ? quoted.array == Array(json.array.dropFirst().dropLast()) : plain.array == Array("x".utf8))
    }
  }

  /// SELECT id, character_set_name FROM information_schema.collations (MySQL 9.7.4), and FROM
  /// information_schema.collation_character_set_applicability (MariaDB 11.8.6).
  @Test(
    arguments: [
      (1, .big5), (8, .latin1), (11, .ascii), (28, .gbk), (33, .utf8mb3), (45, .utf8mb4), (46, .utf8mb4), (54, .utf16),
      (56, .utf16le), (63, .binary), (83, .utf8mb3), (95, .cp932), (101, .utf16), (128, .ucs2), (159, .ucs2),
      (160, .utf32), (192, .utf8mb3), (224, .utf8mb4), (247, .utf8mb4), (248, .gb18030), (255, .utf8mb4),
      (323, .utf8mb4), (576, .utf8mb3), (608, .utf8mb4), (640, .ucs2), (674, .utf16), (736, .utf32), (1025, .big5),
      (1032, .latin1), (1057, .utf8mb3), (1125, .utf16), (1270, .utf8mb4), (2048, .utf8mb3), (2304, .utf8mb4),
      (2308, .utf8mb4), (2560, .ucs2), (2816, .utf16), (3072, .utf32), (3271, .utf32), (9999, .utf8mb4),
      (.max, .utf8mb4),
    ] as [(UInt64, CharacterSet)])
  func collation(id: UInt64, characterSet: CharacterSet) {
    #expect(CharacterSet(collationID: id) == characterSet)
    #expect(CharacterSet(collationID: id).isBinary == (id == 63))
  }

  /// Quotes, backslashes and controls are escaped after decoding, wherever they come from.
  @Test(
    arguments: [
      (.latin1, "e9220a5c", #""é\"\n\\""#), (.ujis, "a1c022", #""\\\"""#), (.utf16, "0022000a", #""\"\n""#),
      (.utf32, "000000220000005c", #""\"\\""#), (.swe7, "5c22", #""Ö\"""#), (.sjis, "835c5c", #""ソ\\""#),
    ] as [(CharacterSet, String, String)])
  func escapes(characterSet: CharacterSet, hex: String, json: String) throws {
    let bytes = bytes(hex: hex)
    #expect(try rendered { $0.append(jsonString: bytes.span.bytes, from: characterSet) } == json)
  }

  @Test(
    arguments: [
      (.cp1250, "418142", "A\u{FFFD}B", 1), (.sjis, "4183", "A\u{FFFD}", 1), (.sjis, "8320", "\u{FFFD} ", 1),
      (.sjis, "fcfc41", "\u{FFFD}A", 1), (.gbk, "ff41", "\u{FFFD}A", 1), (.gb18030, "81308130ff", "\u{80}\u{FFFD}", 1),
      (.gb18030, "fe39fe3941", "\u{FFFD}A", 1), (.gb18030, "813081", "\u{FFFD}0\u{FFFD}", 2),
      (.ujis, "8fa1", "\u{FFFD}\u{FFFD}", 2), (.euckr, "8120", "\u{FFFD} ", 1), (.big5, "a17f", "\u{FFFD}\u{7F}", 1),
      (.ucs2, "d83dde0041", "\u{FFFD}\u{FFFD}\u{FFFD}", 3), (.utf16, "d83d0041", "\u{FFFD}A", 1),
      (.utf16, "dc00", "\u{FFFD}", 1), (.utf16, "d83d", "\u{FFFD}", 1), (.utf32, "0011000000000041", "\u{FFFD}A", 1),
      (.utf32, "0000d800ffffffff000000", "\u{FFFD}\u{FFFD}\u{FFFD}", 3), (.utf8mb4, "41ff", "A\u{FFFD}", 1),
      (.ascii, "41ff", "A\u{FFFD}", 1),
    ] as [(CharacterSet, String, String, Int)])
  func undecodable(characterSet: CharacterSet, hex: String, text: String, replaced: Int) {
    let bytes = bytes(hex: hex)
    var out = OutputBuffer()
    #expect(out.append(jsonString: bytes.span.bytes, from: characterSet) == replaced)
    #expect(String(decoding: out.array, as: UTF8.self) == "\"\(text)\"")
  }

  @Test(arguments: CharacterSet.allCases) func randomBytesGiveValidUTF8(characterSet: CharacterSet) {
    var random = SplitMix64(seed: UInt64(characterSet.rawValue))
    for _ in 0..<2_000 {
      let bytes = (0..<random.below(24)).map { _ in UInt8(truncatingIfNeeded: random.next() >> 40) }
      var out = OutputBuffer()
      let replaced = out.append(jsonString: bytes.span.bytes, from: characterSet)
      let text = String(validating: out.array, as: UTF8.self)
      #expect(text != nil && replaced <= bytes.count)
    }
  }

  /// Digests over every code, taken when every code with a character was compared with MySQL 9.7.4's own
  /// CONVERT(CONVERT(X'…' USING the character set) USING utf8mb4), and every code without one with its NULL or '?'.
  @Test(
    arguments: [
      (.armscii8, 0xEF7BC44EBF8870DF), (.big5, 0x35B019BFC68CBC8A), (.cp1250, 0xDD6C2F934494BF38),
      (.cp1251, 0x192BA4B6EF171FEC), (.cp1256, 0xA7A8F718CDD0B994), (.cp1257, 0x057566B25D6D2DD5),
      (.cp850, 0x859D8AD2CA228837), (.cp852, 0x8631DC713D1CCCF2), (.cp866, 0xD003E083AA4D1C9C),
      (.cp932, 0x204BFDBE1EF37465), (.dec8, 0x130521A61177D7A7), (.eucjpms, 0x60096ECD4D5EA95F),
      (.euckr, 0x0043981546674047), (.gb18030, 0x7285EDAA9103DA31), (.gb2312, 0x13D1120558CB8483),
      (.gbk, 0x1387093C98FAD6E7), (.geostd8, 0x85C629B983840E30), (.greek, 0xB3950D79B6A778B8),
      (.hebrew, 0xDBA239D13B0FE3FC), (.hp8, 0x60682A6DCC6B4EAA), (.keybcs2, 0xACC98C75EB0F31E3),
      (.koi8r, 0xEE888F39C0AAE835), (.koi8u, 0xE1A7D743BAB19936), (.latin1, 0xC11669470830F7C8),
      (.latin2, 0x966C4F5003F09214), (.latin5, 0xC2C35ED7719419BC), (.latin7, 0xFABE8446B8ACBE21),
      (.macce, 0x394B44B95727352B), (.macroman, 0x3A071157CA288DFD), (.sjis, 0xEE595A344981A82F),
      (.swe7, 0x649519FAFC9C6C59), (.tis620, 0xD53FA8E0BB1A95DC), (.ujis, 0x0B10C6618FA4F4D2),
    ] as [(CharacterSet, UInt64)])
  func everyCode(characterSet: CharacterSet, digest: UInt64) {
    let isMultiByte = [.sjis, .cp932, .ujis, .eucjpms, .euckr, .gb2312, .gbk, .gb18030, .big5].contains(characterSet)
    var codes = (UInt8.min...UInt8.max).map { [$0] }
    if isMultiByte {
      codes += (0x81...0xFE as ClosedRange<UInt8>).flatMap { lead in (0x40...0xFE).map { [lead, $0] } }
      codes += (0xA1...0xFE as ClosedRange<UInt8>).flatMap { row in (0xA1...0xFE).map { [0x8F, row, $0] } }
      codes += (0x81...0x84 as ClosedRange<UInt8>).flatMap { lead in
        (0x30...0x39 as ClosedRange<UInt8>).flatMap { second in
          (0x81...0xFE as ClosedRange<UInt8>).flatMap { third in (0x30...0x39).map { [lead, second, third, $0] } }
        }
      }
    }
    var out = OutputBuffer()
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for code in codes {
      out.removeAll()
      out.append(jsonString: code.span.bytes, from: characterSet)
      for index in 0..<out.count { hash = (hash ^ UInt64(out.bytes[byteAt: index])) &* 0x100_0000_01B3 }
    }
    #expect(hash == digest)
  }
}
