import Bytes
import ParquetWriter
import TestSupport
import Testing

/// Bounds of text that are cut.
@Suite struct UTF8BoundTests {
  private func bounds(_ texts: [[UInt8]], limit: Int) -> Statistics.Bounds? {
    var bounds = ByteArrayBounds(sizeLimit: limit)
    for text in texts { bounds.include(OutputBuffer(copying: text[...]).bytes) }
    return bounds.bounds(.truncated)
  }

  @Test(arguments: [
    ("abcdef", "abc", "abd"), ("abé", "ab", "ac"), ("ab\u{7F}x", "ab\u{7F}", "ab\u{80}"),
    ("a\u{7FF}z", "a\u{7FF}", "a\u{800}"), ("\u{D7FF}z", "\u{D7FF}", "\u{E000}"),
    ("\u{FFFF}z", "\u{FFFF}", "\u{10000}"),
    ("a\u{10FFFF}b", "a", "b"),
  ])
  func aLongTextIsCutAtACharacter(_ text: String, _ lower: String, _ upper: String) {
    let expected = Statistics.Bounds(
      min: Array(lower.utf8), max: Array(upper.utf8), isMinExact: false, isMaxExact: false)
    #expect(bounds([Array(text.utf8)], limit: 3) == expected)
  }

  @Test func aTextWithoutACharacterBehindItHasNoBounds() {
    #expect(bounds([Array("\u{10FFFF}\u{10FFFF}".utf8)], limit: 4) == nil)
    #expect(bounds([Array("😀".utf8)], limit: 3) == nil)
    #expect(bounds([[0x61, 0xFF, 0x61, 0x61]], limit: 3) == nil)
  }

  @Test func aShortBoundStaysExactBesideACutOne() {
    let expected = Statistics.Bounds(min: [0x61], max: Array("bc".utf8), isMinExact: true, isMaxExact: false)
    #expect(bounds([[0x61], Array("bbb".utf8)], limit: 2) == expected)
  }

  @Test(arguments: UInt64(0)..<50) func boundsHoldAllTexts(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("a\u{7F}\u{80}\u{7FF}\u{D7FF}\u{FFFF}\u{10FFFF}\u{1F600}".unicodeScalars)
    let texts = (0..<Int.random(in: 1...6, using: &random)).map { _ -> [UInt8] in
      var text = String.UnicodeScalarView()
      for _ in 0..<Int.random(in: 0...8, using: &random) { text.append(alphabet.randomElement(using: &random) ?? "a") }
      return Array(String(text).utf8)
    }
    guard let bounds = bounds(texts, limit: 5) else { return }
    for bound in [bounds.min, bounds.max] { #expect(String(validating: bound, as: UTF8.self) != nil) }
    for text in texts {
      #expect(!text.lexicographicallyPrecedes(bounds.min) && !bounds.max.lexicographicallyPrecedes(text))
    }
  }
}
