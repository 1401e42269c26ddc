import BinlogParser
import Bytes
import TestSupport
import Testing

/// MariaDB's compressed parts of events and values of columns. The bytes are those that MariaDB 11.8.6 wrote.
@Suite struct CompressedBytesTests {
  /// CREATE TABLE t (a VARCHAR(500) COMPRESSED, …) CHARACTER SET utf8mb4; INSERT the SQL; the value in the row event.
  @Test(arguments: [
    ("''", "", ""), ("'short'", "0073686f7274", "short"),
    ("REPEAT('abc ', 110)", "8a01b84b4c4a56481cc5430e0300", String(repeating: "abc ", count: 110)),
    ("REPEAT('v', 100)", "8964 2b2ba33d0000", String(repeating: "v", count: 100)),
    ("REPEAT('t', 255)", "89ff2b2919d10000", String(repeating: "t", count: 255)),
  ])
  func columns(sql: String, hex: String, text: String) throws {
    #expect(try column(try #require([UInt8](hexadecimal: hex))) == text)
  }

  /// The rows of DELETE FROM fixtures.compressed.
  private let part = "81cf789cfbc3c8c0c0708221312f4521313d31334f6168b3008fc946c2"

  @Test func partsOfEvents() throws {
    let bytes = try #require([UInt8](hexadecimal: part))
    var out = OutputBuffer()
    try CompressedBytes.appendEventPart(bytes.span.bytes, to: &out)
    let rows = out.array
    #expect(rows.count == 0xCF)
    #expect(rows.suffix(200).elementsEqual(String(repeating: "and again ", count: 20).utf8))
  }

  /// Unknown method, no length, a length that is too small, too large, or out of proportion.
  @Test(arguments: [
    "90", "10", "88", "8b01", "8d0000000000", "8963 2b2ba33d0000", "8965 2b2ba33d0000", "8cffffffff 2b2ba33d0000",
    "8964 2b2ba33d0000 00", "8164 2b2ba33d0000",
  ])
  func valuesThatAreWrong(hex: String) throws {
    let bytes = try #require([UInt8](hexadecimal: hex))
    #expect(throws: DecodeError.self) { try column(bytes) }
  }

  @Test(arguments: ["00", "7f", "90", "80", "85"])
  func partsThatAreWrong(hex: String) throws {
    let bytes = try #require([UInt8](hexadecimal: hex))
    #expect(throws: DecodeError.self) {
      try rendered { out throws(DecodeError) in try CompressedBytes.appendEventPart(bytes.span.bytes, to: &out) }
    }
  }

  @Test func damage() throws {
    let bytes = try #require([UInt8](hexadecimal: part))
    for damaged in Damage.bitFlips(of: bytes) { check(damaged) }
    for damaged in Damage.truncations(of: bytes) { check(damaged, mustFail: true) }
  }

  private func check(_ damaged: [UInt8], mustFail: Bool = false) {
    var out = OutputBuffer()
    let succeeded = (try? CompressedBytes.appendEventPart(damaged.span.bytes, to: &out)) != nil
    let (count, capacity) = (out.count, out.capacity)
    #expect(succeeded ? !mustFail : count == 0)
    #expect(capacity <= Limits.zlibRatio * (damaged.count + 1))
  }

  private func column(_ bytes: [UInt8]) throws(DecodeError) -> String {
    try rendered { out throws(DecodeError) in try CompressedBytes.appendColumn(bytes.span.bytes, to: &out) }
  }
}
