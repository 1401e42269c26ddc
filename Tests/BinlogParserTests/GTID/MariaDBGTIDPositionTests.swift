import BinlogParser
import TestSupport
import Testing

/// MariaDB's positions: the last GTID of each domain.
@Suite struct MariaDBGTIDPositionTests {
  /// Texts, and what MariaDB 11.8.9 prints for them.
  @Test(arguments: [
    ("", ""), ("\n", ""), ("0-1-100,1-2-7", "0-1-100,1-2-7"), ("1-2-7,0-1-100", "0-1-100,1-2-7"),
    (" 0-1-100, 1-2-7\n", "0-1-100,1-2-7"), ("01-1-1", "1-1-1"), ("0-1-0", "0-1-0"),
    ("4294967295-4294967295-18446744073709551615", "4294967295-4294967295-18446744073709551615"),
    // @@gtid_binlog_state, and @@gtid_binlog_pos beside it.
    ("0-1-9,0-2-4,0-3-2,1-1-1,3-1-5", "0-3-2,1-1-1,3-1-5"),
    ("0-1-9,0-33312-10,0-3-2,0-2-15,1-1-1,3-1-5", "0-2-15,1-1-1,3-1-5"),
  ])
  func textIsReadAndWrittenAsTheServerDoes(_ text: String, _ canonical: String) throws {
    let position = try MariaDBGTIDPosition(text)
    #expect(position.description == canonical)
    #expect(try MariaDBGTIDPosition(position.description) == position)
    #expect(position.isEmpty == canonical.isEmpty)
  }

  private static let malformed: [(String, GTIDSetError.Reason, Int)] = [
    ("x", .expectedNumber, 1), (",0-1-1", .expectedNumber, 1), ("0-1-1,", .expectedNumber, 7),
    ("0", .expectedHyphen, 2), ("0-1", .expectedHyphen, 4), ("0-1-", .expectedNumber, 5),
    ("0-1--1", .expectedNumber, 5), ("0-1-1-1", .expectedComma, 6), ("0-1-1 2", .expectedComma, 7),
    ("0-1-1é", .expectedComma, 6),
    ("4294967296-1-1", .numberOutOfRange, 1), ("0-4294967296-1", .numberOutOfRange, 3),
    ("0-1-18446744073709551616", .numberOutOfRange, 5), ("0-1-99999999999999999999999999", .numberOutOfRange, 5),
  ]

  @Test(arguments: malformed)
  func malformedTextIsAnErrorWithItsPlace(_ text: String, _ reason: GTIDSetError.Reason, _ character: Int) {
    let error = #expect(throws: GTIDSetError.self) { try MariaDBGTIDPosition(text) }
    #expect(error?.reason == reason)
    #expect(error?.character == character)
  }

  @Test func damagedTextIsAnErrorOrAPosition() {
    let text = Array("0-1-100,1-4294967295-7,3-33312-18446744073709551615".utf8)
    for damaged in Array(Damage.truncations(of: text)) + Array(Damage.bitFlips(of: text)) {
      guard let position = try? MariaDBGTIDPosition(String(decoding: damaged, as: UTF8.self)) else { continue }
      #expect((try? MariaDBGTIDPosition(position.description)) == position)
    }
  }

  /// The server writes the GTID of a domain's last transaction behind those of its other servers, even when its number
  /// is lower.
  @Test func theLastEntryOfADomainCounts() throws {
    let entries: [(UInt32, UInt32, UInt64)] = [(3, 1, 5), (0, 1, 9), (0, 2, 4), (0, 3, 2)]
    var body = BinlogEvents.littleEndian(UInt32(entries.count))
    for (domain, server, sequence) in entries {
      body += BinlogEvents.littleEndian(domain) + BinlogEvents.littleEndian(server)
      body += BinlogEvents.littleEndian(sequence)
    }
    let position = MariaDBGTIDPosition(try MariaDBGTIDListEvent(body.span.bytes))
    #expect(position.description == "0-3-2,3-1-5")
    for damaged in Damage.bitFlips(of: body) {
      guard let event = try? MariaDBGTIDListEvent(damaged.span.bytes) else { continue }
      let position = MariaDBGTIDPosition(event)
      #expect((try? MariaDBGTIDPosition(position.description)) == position)
    }
  }

  @Test(arguments: [UInt64(2), 20_261_124])
  func positionsBehaveAsDictionaries(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      var positions = [MariaDBGTIDPosition(), MariaDBGTIDPosition()]
      var models: [[UInt32: UInt64]] = [[:], [:]]
      for index in 0...1 {
        for _ in 0..<Int.random(in: 0..<8, using: &generator) {
          let domain = UInt32.random(in: 0...3, using: &generator)
          let sequence = UInt64.random(in: 1...9, using: &generator)
          positions[index].add(domain: domain, server: 7, sequence: sequence)
          models[index][domain] = sequence
        }
        let expected = models[index].sorted { $0.key < $1.key }.map { "\($0.key)-7-\($0.value)" }
        #expect(positions[index].description == expected.joined(separator: ","))
      }
      let isSuperset = models[1].allSatisfy { domain, sequence in models[0][domain].map { $0 >= sequence } ?? false }
      #expect(positions[0].isSuperset(of: positions[1]) == isSuperset)
      #expect((positions[0] == positions[1]) == (models[0] == models[1]))
    }
  }
}
