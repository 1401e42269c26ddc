import BinlogParser
import Bytes
import TestSupport
import Testing

/// MySQL's sets of GTIDs: text as the server takes and prints it, bytes as it writes them, sets as sets of numbers.
@Suite struct MySQLGTIDSetTests {
  /// Texts, and what MySQL 9.7.4 prints for them (line ends left out).
  @Test(arguments: [
    ("", ""), (" \n", ""), (",,", ""),
    ("\(GTIDSamples.a):5", "\(GTIDSamples.a):5"),
    ("\(GTIDSamples.a):01-05", "\(GTIDSamples.a):1-5"),
    ("\(GTIDSamples.a) : 1 - 5 : 7", "\(GTIDSamples.a):1-5:7"),
    (",,\(GTIDSamples.a):1", "\(GTIDSamples.a):1"),
    ("\(GTIDSamples.a):7:1-3:4:2-5", "\(GTIDSamples.a):1-5:7"),
    ("\(GTIDSamples.a):9223372036854775806", "\(GTIDSamples.a):9223372036854775806"),
    ("\(GTIDSamples.a):ABC:1,\(GTIDSamples.a):1-5", "\(GTIDSamples.a):1-5:abc:1"),
    (
      "AAAAAAAA-0000-0000-0000-000000000001:1-5:7:zed:1-3:abc:4:9, \(GTIDSamples.a):3:_x:1:1, \(GTIDSamples.a):1",
      "\(GTIDSamples.a):1:3:_x:1,\(GTIDSamples.b):1-5:7:abc:4:9:zed:1-3"
    ),
    (GTIDSamples.executed, GTIDSamples.executed.filter { $0 != "\n" }),
  ])
  func textIsReadAndWrittenAsTheServerDoes(_ text: String, _ canonical: String) throws {
    let set = try MySQLGTIDSet(text)
    #expect(set.description == canonical)
    #expect(try MySQLGTIDSet(set.description) == set)
    #expect(set.isEmpty == canonical.isEmpty)
  }

  private static let malformed: [(String, GTIDSetError.Reason, Int)] = [
    ("x", .expectedUUID, 1), (" 3e11fa47", .expectedUUID, 2), ("3e11fa4771ca11e19e33c80aa9429562:1", .expectedUUID, 1),
    ("3e11fa47--71ca-11e1-9e33-c80aa9429562:1", .expectedUUID, 1),
    ("\(GTIDSamples.a)0:1", .expectedUUID, 1), ("\(GTIDSamples.a):1,é", .expectedUUID, 40),
    (GTIDSamples.a, .expectedNumber, 37), ("\(GTIDSamples.a):", .expectedNumber, 38),
    ("\(GTIDSamples.a):1:", .expectedNumber, 40), ("\(GTIDSamples.a):1:,", .expectedNumber, 40),
    ("\(GTIDSamples.a):+1", .expectedNumber, 38), ("\(GTIDSamples.a):tag", .expectedNumber, 41),
    ("\(GTIDSamples.a):tag:", .expectedNumber, 42), ("\(GTIDSamples.a):tag:other:1", .expectedNumber, 42),
    ("\(GTIDSamples.a):1-", .expectedNumber, 40), ("\(GTIDSamples.a):1--2", .expectedNumber, 40),
    ("\(GTIDSamples.a):0", .numberOutOfRange, 38), ("\(GTIDSamples.a):1-0", .numberOutOfRange, 40),
    ("\(GTIDSamples.a):9223372036854775807", .numberOutOfRange, 38),
    ("\(GTIDSamples.a):99999999999999999999999", .numberOutOfRange, 38),
    ("\(GTIDSamples.a):1:5-3", .reversedInterval, 40),
    ("\(GTIDSamples.a):abcdefghijklmnopqrstuvwxyzabcdefg:1", .tagTooLong, 38),
    ("\(GTIDSamples.a):1;", .expectedComma, 39), ("\(GTIDSamples.a):1 2", .expectedComma, 40),
  ]

  @Test(arguments: malformed)
  func malformedTextIsAnErrorWithItsPlace(_ text: String, _ reason: GTIDSetError.Reason, _ character: Int) {
    let error = #expect(throws: GTIDSetError.self) { try MySQLGTIDSet(text) }
    #expect(error?.reason == reason)
    #expect(error?.character == character)
    #expect(error?.description.hasSuffix("at character \(character)") == true)
  }

  @Test func damagedTextIsAnErrorOrASet() {
    let text = Array(GTIDSamples.executed.utf8)
    for damaged in Array(Damage.truncations(of: text)) + Array(Damage.bitFlips(of: text)) {
      guard let set = try? MySQLGTIDSet(String(decoding: damaged, as: UTF8.self)) else { continue }
      #expect((try? MySQLGTIDSet(set.description)) == set)
    }
  }

  @Test func theServersBytesAreReadAndWritten() throws {
    let event = try PreviousGTIDsEvent(GTIDSamples.previous.span.bytes)
    let set = MySQLGTIDSet(event)
    #expect(set == (try MySQLGTIDSet(GTIDSamples.executed)))
    #expect(event.description == set.description)
    #expect(GTIDSamples.encoded(set) == GTIDSamples.previous)
  }

  @Test func withoutTagsTheOlderFormIsWritten() throws {
    let set = try MySQLGTIDSet(GTIDSamples.untagged)
    #expect(MySQLGTIDSet(try PreviousGTIDsEvent(GTIDSamples.previousUntagged.span.bytes)) == set)
    #expect(GTIDSamples.encoded(set) == GTIDSamples.encodedUntagged)
    #expect(GTIDSamples.encoded(MySQLGTIDSet()) == [UInt8](repeating: 0, count: 8))
  }

  @Test(arguments: [GTIDSamples.previous, GTIDSamples.previousUntagged, GTIDSamples.encodedUntagged])
  func damagedBytesAreErrorsOrSets(_ body: [UInt8]) {
    for cut in Damage.truncations(of: body) {
      #expect(throws: DecodeError.self) { try PreviousGTIDsEvent(cut.span.bytes) }
    }
    for damaged in Damage.bitFlips(of: body) {
      guard let event = try? PreviousGTIDsEvent(damaged.span.bytes) else { continue }
      let set = MySQLGTIDSet(event)
      #expect((try? PreviousGTIDsEvent(GTIDSamples.encoded(set).span.bytes)).map { MySQLGTIDSet($0) } == set)
      #expect((try? MySQLGTIDSet(set.description)) == set)
    }
  }

  // MARK: Sets of numbers

  /// Transactions one by one, the slow and simple way.
  private struct Model: Equatable {
    struct Key: Hashable {
      let source: UInt8
      let tag: String
    }
    var numbers: [Key: Set<UInt64>] = [:]

    func isSuperset(of other: Model) -> Bool {
      other.numbers.allSatisfy { numbers[$0.key, default: []].isSuperset(of: $0.value) }
    }

    /// As text with a source for each number, in any order.
    func text(_ generator: inout SeededGenerator) throws -> String {
      let parts = try numbers.flatMap { key, numbers in
        let head = try "\(GTIDSamples.uuid(key.source))" + (key.tag.isEmpty ? "" : ":\(key.tag)")
        return numbers.map { "\(head):\($0)" }
      }
      return parts.shuffled(using: &generator).joined(separator: ",")
    }
  }

  private func random(_ generator: inout SeededGenerator) throws -> (set: MySQLGTIDSet, model: Model) {
    var set = MySQLGTIDSet()
    var model = Model()
    for _ in 0..<Int.random(in: 0..<60, using: &generator) {
      let key = Model.Key(
        source: UInt8.random(in: 1...3, using: &generator), tag: ["", "a", "b"].randomElement(using: &generator) ?? "")
      let first = UInt64.random(in: 1...40, using: &generator)
      for number in first..<first + UInt64.random(in: 1...4, using: &generator) {
        set.add(source: try GTIDSamples.uuid(key.source), tag: key.tag, number: number)
        model.numbers[key, default: []].insert(number)
      }
    }
    return (set, model)
  }

  @Test(arguments: [UInt64(1), 20_261_124])
  func setsBehaveAsSetsOfNumbers(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let (a, modelA) = try random(&generator)
      let (b, modelB) = try random(&generator)
      #expect(try MySQLGTIDSet(modelA.text(&generator)) == a)
      #expect((a == b) == (modelA == modelB))
      #expect(a.isSuperset(of: b) == modelA.isSuperset(of: modelB))
      var union = a
      union.formUnion(b)
      let modelUnion = Model(numbers: modelA.numbers.merging(modelB.numbers) { $0.union($1) })
      #expect(try MySQLGTIDSet(modelUnion.text(&generator)) == union)
      #expect(union.isSuperset(of: a) && union.isSuperset(of: b))
      #expect(try MySQLGTIDSet(union.description) == union)
      #expect(MySQLGTIDSet(try PreviousGTIDsEvent(GTIDSamples.encoded(union).span.bytes)) == union)
    }
  }

  @Test func numbersThatNoTransactionHasArePassedOver() throws {
    var set = MySQLGTIDSet()
    for number in [0, UInt64(Int64.max), UInt64.max] { set.add(source: try GTIDSamples.uuid(1), number: number) }
    #expect(set.isEmpty)
    set.add(source: try GTIDSamples.uuid(1), number: UInt64(Int64.max) - 1)
    #expect(set.description == "01010101-0101-0101-0101-010101010101:9223372036854775806")
  }

  /// A copy of 100,000 intervals for each of a million transactions would take minutes.
  @Test(.timeLimit(.minutes(1))) func theNextNumberCopiesNothing() throws {
    let source = try GTIDSamples.uuid(1)
    var set = GTIDSet.mysql(MySQLGTIDSet())
    for number in 1...UInt64(100_000) { set.add(.mysql(source: source, tag: "", number: 2 * number)) }
    for number in UInt64(200_001)...1_200_000 { set.add(.mysql(source: source, tag: "", number: number)) }
    #expect(set.description.hasSuffix(":199998:200000-1200000"))
  }
}
