import Bytes

extension JSONBinaryReader {
  /// The tree of the value of `type` that lies at `offset`, before `end`.
  ///
  /// The same walk as `append`, with the same checks; it makes nodes instead of text.
  @_lifetime(self: copy self)
  mutating func node(type: UInt8, at offset: Int, end: Int, depth: Int) throws(DecodeError) -> JSONNode {
    guard type <= JSONBinaryType.largeArray else { return try scalarNode(type: type, at: offset, end: end) }
    guard depth < JSONBinary.maxDepth else { throw DecodeError(.tooLarge, at: offset, "JSON depth") }
    let container = try JSONContainer(type: type, at: offset, end: end, in: document)
    try account(container.tableByteCount, at: offset)
    var members: [JSONNode.Member] = []
    var cells: [JSONNode] = []
    for index in 0..<container.count {
      let key = container.isObject ? document.extracting(try key(index, of: container)).array : []
      let value = try node(index, of: container, depth: depth)
      if container.isObject { members.append(JSONNode.Member(key: key, value: value)) } else { cells.append(value) }
    }
    return JSONNode(container.isObject ? .object(ChunkedArray(members)) : .array(ChunkedArray(cells)))
  }

  /// The value of member `index`.
  @_lifetime(self: copy self)
  private mutating func node(_ index: Int, of container: JSONContainer, depth: Int) throws(DecodeError) -> JSONNode {
    let entry = container.valueEntry(index)
    let type = document[byteAt: entry]
    guard !container.holdsInline(type) else {
      var inline = try cursor(at: entry + 1, end: container.valueEntry(index + 1))
      return JSONNode(.scalar(try Self.text(type, &inline)))
    }
    let start = try container.resolve(entryAt: entry + 1, in: document)
    return try node(type: type, at: start, end: container.end, depth: depth + 1)
  }

  @_lifetime(self: copy self)
  private mutating func scalarNode(type: UInt8, at offset: Int, end: Int) throws(DecodeError) -> JSONNode {
    var cursor = try cursor(at: offset, end: end)
    let text = try Self.text(type, &cursor)
    try account(cursor.offset - offset, at: offset)
    return JSONNode(.scalar(text))
  }

  @_lifetime(cursor: copy cursor)
  private static func text(_ type: UInt8, _ cursor: inout ByteCursor) throws(DecodeError) -> [UInt8] {
    var out = OutputBuffer(capacity: 32)
    try JSONScalar.append(type: type, from: &cursor, to: &out)
    return out.array
  }
}
