import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct JSONDiffTests {
  @Test(
    arguments: [
      ("$", []), ("$.a", [.member(Array("a".utf8))]), ("$[0]", [.cell(0)]), ("$[last]", [.cellFromLast(0)]),
      ("$[last-2]", [.cellFromLast(2)]), ("$[ last - 2 ] . a", [.cellFromLast(2), .member(Array("a".utf8))]),
      (#"$."a b".é[7]"#, [.member(Array("a b".utf8)), .member(Array("é".utf8)), .cell(7)]),
      (#"$."q\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#, [.member(Array("q\"\\/\u{8}\u{C}\n\r\té😀".utf8))]),
      (#"$."""#, [.member([])]),
    ] as [(String, [JSONPath.Leg])])
  func paths(text: String, legs: [JSONPath.Leg]) throws {
    let utf8 = Array(text.utf8)
    #expect(try JSONPath(utf8.span.bytes).legs == legs)
  }

  @Test(arguments: [
    "", "a", "$.", "$[", "$[]", "$[*]", "$.*", "$**.a", "$[1", "$.\"a", "$[-1]", "$[last-]", "$[4294967296]",
    "$[1 to 2]",
    #"$."\x""#, #"$."\u12""#, #"$."\ud83d""#, #"$."\ud83d\u0041""#, #"$."\udc00""#, "$a",
  ])
  func noPaths(text: String) {
    let utf8 = Array(text.utf8)
    #expect(throws: DecodeError.self) { _ = try JSONPath(utf8.span.bytes).legs }
  }

  /// The bytes of a diff; a nil value for remove.
  private func diff(_ operation: UInt8, _ path: String, _ value: JSONValue?) -> [UInt8] {
    let head = [operation] + BinlogEvents.lenenc(Array(path.utf8))
    return head + (value.map { BinlogEvents.lenenc($0.encoded(large: false)) } ?? [])
  }

  private func apply(_ diffs: [UInt8], to document: [UInt8]) throws(DecodeError) -> String {
    try rendered { out throws(DecodeError) in
      try JSONDiffs.append(diffs.span.bytes, at: 0, appliedTo: document.span.bytes, at: 0, to: &out)
    }
  }

  private let document = JSONValue.object([
    ("a", .array([.integer(1), .integer(2)])), ("c", .object([])), ("bb", .string("x")),
  ]).encoded(large: true)

  @Test(
    arguments: [
      (0, "$.a[0]", .bool(true), #"{"a":[true,2],"c":{},"bb":"x"}"#),
      (0, "$.bb[0]", .null, #"{"a":[1,2],"c":{},"bb":null}"#),
      (0, "$", .array([]), "[]"), (1, "$.b", .integer(3), #"{"a":[1,2],"b":3,"c":{},"bb":"x"}"#),
      (1, "$.c.d", .double(0.5), #"{"a":[1,2],"c":{"d":0.5},"bb":"x"}"#),
      (1, "$.a[1]", .integer(9), #"{"a":[1,9,2],"c":{},"bb":"x"}"#),
      (1, "$.a[99]", .integer(9), #"{"a":[1,2,9],"c":{},"bb":"x"}"#), (2, "$.c", nil, #"{"a":[1,2],"bb":"x"}"#),
      (2, "$.a[last]", nil, #"{"a":[1],"c":{},"bb":"x"}"#),
    ] as [(UInt8, String, JSONValue?, String)])
  func changes(operation: UInt8, path: String, value: JSONValue?, text: String) throws {
    #expect(try apply(diff(operation, path, value), to: document) == text)
  }

  /// No value at the path, one where none may be, an unknown operation, a path into a scalar.
  @Test(
    arguments: [
      (0, "$.x", .null), (0, "$.a[2]", .null), (1, "$.a", .null), (1, "$.bb.x", .null), (1, "$", .null), (2, "$", nil),
      (2, "$.x", nil), (2, "$.bb[0]", nil), (2, "$.a[last-2]", nil), (3, "$.a", .null), (0, "", .null),
      (1, "$.x.y", .null),
    ] as [(UInt8, String, JSONValue?)])
  func changesThatDoNotFit(operation: UInt8, path: String, value: JSONValue?) {
    #expect(throws: DecodeError.self) { try apply(diff(operation, path, value), to: document) }
  }

  @Test func noDiffsLeaveTheDocument() throws {
    #expect(try apply([], to: document) == #"{"a":[1,2],"c":{},"bb":"x"}"#)
  }

  @Test func errorsSayWhere() throws {
    let first = diff(2, "$.c", nil)
    let error = #expect(throws: DecodeError.self) { try apply(first + diff(2, "$.c", nil), to: document) }
    #expect(error == DecodeError(.invalid, at: first.count + 2, "JSON path"))
  }

  /// The tree and the text writer read the same documents in the same way.
  @Test(arguments: [UInt64(51), 52], [false, true]) func treesOfRandomDocuments(seed: UInt64, large: Bool) throws {
    var random = SplitMix64(seed: seed)
    for _ in 0..<300 {
      let value = JSONValue.random(&random, depth: 4)
      let wrapped = JSONValue.array([value]).encoded(large: large)
      #expect(try apply(diff(1, "$[1]", .null), to: wrapped) == "[\(value.text),null]")
    }
  }

  /// Insertions may not build a document deeper than a document can be: its writing would have no bound.
  @Test func depthIsLimited() {
    func nested(_ depth: Int) -> JSONValue { (0..<depth).reduce(.array([])) { inner, _ in .array([inner]) } }
    let path = "$" + String(repeating: "[0]", count: 50)
    #expect(throws: Never.self) { try apply(diff(0, path, nested(49)), to: nested(50).encoded(large: false)) }
    #expect(throws: DecodeError.self) { try apply(diff(0, path, nested(60)), to: nested(50).encoded(large: false)) }
  }

  @Test func diffsWithoutDocument() throws {
    let diffs =
      diff(0, "$.a", .integer(1)) + diff(1, #"$."x y""#, .null) + diff(1, "$[1]", .string("s")) + diff(2, "$.b", nil)
    let text = try rendered { out throws(DecodeError) in try JSONDiffs.append(diffs.span.bytes, to: &out) }
    #expect(
      text
        == ##"{"$partial":[["JSON_REPLACE","$.a",1],["JSON_INSERT","$.\"x y\"",null],["JSON_ARRAY_INSERT","$[1]","s"],["JSON_REMOVE","$.b"]]}"##
    )
    #expect(
      try rendered { out throws(DecodeError) in try JSONDiffs.append([UInt8]().span.bytes, to: &out) }
        == #"{"$partial":[]}"#)
  }

  @Test func damagedDiffs() {
    let diffs = diff(0, "$.a", .array([.integer(1)])) + diff(1, #"$."x y""#, .null) + diff(2, "$.a[0]", nil)
    damage(diffs) { damaged in
      _ = try? apply(damaged, to: document)
      _ = try? rendered { out throws(DecodeError) in try JSONDiffs.append(damaged.span.bytes, to: &out) }
    }
    damage(document) { _ = try? apply(diffs, to: $0) }
  }
}
