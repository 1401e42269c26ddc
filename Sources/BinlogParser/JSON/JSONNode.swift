import Bytes

/// A value of a JSON document that changes: the document's tree, with scalars as their text.
final class JSONNode {
  enum Content {
    case scalar([UInt8])
    case array(ChunkedArray<JSONNode>)
    /// In stored order: shorter keys first, keys of one length by their bytes.
    case object(ChunkedArray<Member>)
  }

  struct Member {
    let key: [UInt8]
    let value: JSONNode
  }

  private(set) var content: Content

  init(_ content: Content) { self.content = content }

  /// The tree of `document`, in binary JSON; a document of no bytes is null.
  ///
  /// - Parameter depth: the levels above it.
  /// - Throws: `DecodeError` as `JSONBinary.append` does.
  static func read(_ document: RawSpan, depth: Int) throws(DecodeError) -> JSONNode {
    guard document.byteCount > 0 else { return JSONNode(.scalar(Array("null".utf8))) }
    var reader = JSONBinaryReader(document)
    return try reader.node(type: document[byteAt: 0], at: 1, end: document.byteCount, depth: depth)
  }

  /// Appends the value as compact JSON text.
  func write(to out: inout OutputBuffer) {
    switch content {
    case .scalar(let text): out.append(contentsOf: text)
    case .array(let cells):
      out.append(UInt8(ascii: "["))
      cells.forEach { index, cell in
        if index > 0 { out.append(UInt8(ascii: ",")) }
        cell.write(to: &out)
      }
      out.append(UInt8(ascii: "]"))
    case .object(let members):
      out.append(UInt8(ascii: "{"))
      members.forEach { index, member in
        if index > 0 { out.append(UInt8(ascii: ",")) }
        Self.write(key: member.key, to: &out)
        member.value.write(to: &out)
      }
      out.append(UInt8(ascii: "}"))
    }
  }

  private static func write(key: [UInt8], to out: inout OutputBuffer) {
    out.append(jsonString: key.bytes)
    out.append(UInt8(ascii: ":"))
  }
}

// Changing the tree.
extension JSONNode {
  /// Makes the change of `diff` to the document of which this is the root.
  ///
  /// - Throws: `DecodeError` where the path leads to no value, or, for an insertion, to one that is there already; offsets
  ///   count from the first diff.
  func apply(_ diff: borrowing JSONDiff) throws(DecodeError) {
    let path: JSONPath
    do { path = try JSONPath(diff.path) } catch { throw error.shifted(by: diff.pathOffset) }
    let value = diff.operation == .remove ? nil : try Self.value(of: diff, depth: path.legs.count)
    do { try change(path, to: value, inserting: diff.operation == .insert) } catch {
      throw error.shifted(by: diff.pathOffset)
    }
  }

  /// Puts `value` at `path`, or takes away what is there.
  private func change(_ path: JSONPath, to value: JSONNode?, inserting: Bool) throws(DecodeError) {
    guard let last = path.legs.last else {
      guard let value, !inserting else { throw Self.wrongPath }
      return become(value)
    }
    var parent = self
    for leg in path.legs.dropLast() { parent = try parent.child(leg) }
    guard let value else { return try parent.remove(last) }
    if inserting { try parent.insert(value, at: last) } else { try parent.child(last).become(value) }
  }

  private static var wrongPath: DecodeError { DecodeError(.invalid, at: 0, "JSON path") }

  private static func value(of diff: borrowing JSONDiff, depth: Int) throws(DecodeError) -> JSONNode {
    do { return try read(diff.value, depth: depth) } catch { throw error.shifted(by: diff.valueOffset) }
  }

  private func become(_ other: JSONNode) { content = other.content }

  /// The value to which `leg` leads. The only cell of what is no array is the value itself.
  private func child(_ leg: JSONPath.Leg) throws(DecodeError) -> JSONNode {
    switch (content, leg) {
    case (.object(let members), .member(let key)):
      let index = Self.index(of: key, in: members)
      guard index < members.count, members[index].key == key else { throw Self.wrongPath }
      return members[index].value
    case (.array(let cells), .cell(let index)):
      guard index < cells.count else { throw Self.wrongPath }
      return cells[index]
    case (.array(let cells), .cellFromLast(let distance)):
      guard distance < cells.count else { throw Self.wrongPath }
      return cells[cells.count - 1 - distance]
    case (_, .cell(0)), (_, .cellFromLast(0)): return self
    default: throw Self.wrongPath
    }
  }

  private func insert(_ value: JSONNode, at leg: JSONPath.Leg) throws(DecodeError) {
    switch (content, leg) {
    case (.object(var members), .member(let key)):
      let index = Self.index(of: key, in: members)
      guard index == members.count || members[index].key != key else { throw Self.wrongPath }
      content = .scalar([])
      members.insert(Member(key: key, value: value), at: index)
      content = .object(members)
    case (.array(var cells), .cell(let index)):
      content = .scalar([])
      cells.insert(value, at: min(index, cells.count))
      content = .array(cells)
    case (.array(var cells), .cellFromLast(let distance)):
      content = .scalar([])
      cells.insert(value, at: max(0, cells.count - 1 - distance))
      content = .array(cells)
    default: throw Self.wrongPath
    }
  }

  private func remove(_ leg: JSONPath.Leg) throws(DecodeError) {
    switch (content, leg) {
    case (.object(var members), .member(let key)):
      let index = Self.index(of: key, in: members)
      guard index < members.count, members[index].key == key else { throw Self.wrongPath }
      content = .scalar([])
      members.remove(at: index)
      content = .object(members)
    case (.array(let cells), .cell(let index)): try remove(at: index, of: cells)
    case (.array(let cells), .cellFromLast(let distance)): try remove(at: cells.count - 1 - distance, of: cells)
    default: throw Self.wrongPath
    }
  }

  /// Removes a cell of `cells`, which are the content.
  private func remove(at index: Int, of cells: consuming ChunkedArray<JSONNode>) throws(DecodeError) {
    guard (0..<cells.count).contains(index) else { throw Self.wrongPath }
    content = .scalar([])
    cells.remove(at: index)
    content = .array(cells)
  }

  /// Where `key` is, or would stand, in `members`.
  private static func index(of key: [UInt8], in members: ChunkedArray<Member>) -> Int {
    members.partitioningIndex { precedes($0.key, key) }
  }

  private static func precedes(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    a.count == b.count ? a.lexicographicallyPrecedes(b) : a.count < b.count
  }
}
