import BinlogParser
import Bytes
import Testing

@Suite struct JSONStringTests {
  @Test(arguments: [
    ("", "\"\""), ("hello", "\"hello\""), ("say \"hi\"", #""say \"hi\"""#), ("a\\b", #""a\\b""#),
    ("\n\r\t\u{8}\u{C}", #""\n\r\t\b\f""#), ("\u{0}\u{1}\u{1F}\u{7F}", "\"\\u0000\\u0001\\u001f\u{7F}\""),
    ("Müller, 東京 😀", "\"Müller, 東京 😀\""), ("ends in a quote: \"", #""ends in a quote: \"""#),
    ("日本語\"quoted\"日本語\\", #""日本語\"quoted\"日本語\\""#),
  ])
  func spelling(text: String, json: String) throws {
    let utf8 = Array(text.utf8)
    #expect(try rendered { $0.append(jsonString: utf8.span.bytes) } == json)
    #expect(try rendered { $0.append(jsonStringContent: utf8.span.bytes) } == json.dropFirst().dropLast())
  }

  /// One U+FFFD for each maximal subpart, the Unicode Standard's examples among them (tables 3-8 to 3-11).
  @Test(
    arguments: [
      ([0xFF], "\u{FFFD}", 1), ([0x41, 0x80, 0x42], "A\u{FFFD}B", 1), ([0xC3], "\u{FFFD}", 1),
      ([0xE2, 0x82], "\u{FFFD}", 1), ([0xE2, 0x82, 0x41], "\u{FFFD}A", 1), ([0xF0, 0x9F, 0x98], "\u{FFFD}", 1),
      ([0xC0, 0xAF, 0xE0, 0x80, 0xBF, 0xF0, 0x81, 0x82, 0x41], String(repeating: "\u{FFFD}", count: 8) + "A", 8),
      ([0xED, 0xA0, 0x80, 0xED, 0xBF, 0xBF, 0xED, 0xAF, 0x41], String(repeating: "\u{FFFD}", count: 8) + "A", 8),
      ([0xE1, 0x80, 0xE2, 0xF0, 0x91, 0x92, 0xF1, 0xBF, 0x41], String(repeating: "\u{FFFD}", count: 4) + "A", 4),
      ([0xF4, 0x90, 0x80, 0x80], String(repeating: "\u{FFFD}", count: 4), 4),
    ] as [([UInt8], String, Int)])
  func illFormed(bytes: [UInt8], text: String, replaced: Int) throws {
    var out = OutputBuffer()
    #expect(out.append(jsonString: bytes.span.bytes) == replaced)
    #expect(out.array == Array("\"\(text)\"".utf8))
  }

  @Test(arguments: [UInt64(21), 22, 23, 24]) func matchesASlowReferenceOnRandomBytes(seed: UInt64) {
    var random = SplitMix64(seed: seed)
    let alphabet: [[UInt8]] = [
      Array("a".utf8), Array("\"".utf8), Array("\\".utf8), [0], [0x1F], Array("é".utf8), Array("東".utf8),
      Array("😀".utf8), [0xC3], [0xE2, 0x82], [0xF0, 0x9F], [0x80], [0xFF], [0xED, 0xA0, 0x80],
    ]
    for _ in 0..<4_000 {
      let kinds = random.below(3) == 0 ? alphabet.count : 8
      let plain = [UInt8](repeating: UInt8(ascii: "x"), count: random.below(20))
      let bytes = (0..<random.below(30)).flatMap { _ in alphabet[random.below(kinds)] + plain.prefix(random.below(12)) }
      var out = OutputBuffer()
      out.append(jsonString: bytes.span.bytes)
      #expect(out.array == Array(reference(String(decoding: bytes, as: UTF8.self)).utf8))
    }
  }

  @Test(arguments: 0..<40) func aHitAtEveryPlace(place: Int) throws {
    for (character, escaped) in [("\"", "\\\""), ("\u{1F}", "\\u001f"), ("é", "é")] {
      for length in place..<40 {
        let (head, tail) = (String(repeating: "a", count: place), String(repeating: "z", count: length - place))
        let utf8 = Array((head + character + tail).utf8)
        #expect(try rendered { $0.append(jsonString: utf8.span.bytes) } == "\"\(head)\(escaped)\(tail)\"")
      }
    }
  }

  @Test(arguments: [("Müller 東京 😀", true), ("", true)]) func wellFormed(text: String, isWellFormed: Bool) {
    let utf8 = Array(text.utf8)
    let cut = Array(utf8.dropLast())
    let (isWhole, isCut) = (utf8.span.bytes.isWellFormedUTF8, cut.span.bytes.isWellFormedUTF8)
    #expect(isWhole == isWellFormed)
    #expect(isCut == cut.isEmpty)
  }

  private func reference(_ text: String) -> String {
    var json = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": json += "\\\""
      case "\\": json += "\\\\"
      case "\u{0}"..."\u{F}": json += "\\u000" + String(scalar.value, radix: 16)
      case "\u{10}"..."\u{1F}": json += "\\u00" + String(scalar.value, radix: 16)
      default: json.unicodeScalars.append(scalar)
      }
    }
    return json + "\""
  }
}
