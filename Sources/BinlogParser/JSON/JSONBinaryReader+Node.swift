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
    var keys = try cursor(at: container.keyEntries, end: container.valueEntries)
    var values = try cursor(at: container.valueEntries, end: container.tableEnd)
    var members: [JSONNode.Member] = []
    var cells: [JSONNode] = []
    for _ in 0..<container.count {
      let key = container.isObject ? try nextKey(&keys, of: container).array : []
      let value = try node(&values, in: container, depth: depth)
      if container.isObject { members.append(JSONNode.Member(key: key, value: value)) } else { cells.append(value) }
    }
    return JSONNode(container.isObject ? .object(members) : .array(cells))
  }

  /// The value of the next entry of `values`.
  @_lifetime(self: copy self) @_lifetime(values: copy values)
  private mutating func node(
    _ values: inout ByteCursor, in container: JSONContainer, depth: Int
  ) throws(DecodeError) -> JSONNode {
    let type = try values.uint8("JSON value type")
    let entry = values.offset
    let offset = Int(try container.uint(&values, "JSON value offset"))
    guard !container.holdsInline(type) else {
      var inline = try cursor(at: entry, end: values.offset)
      return JSONNode(.scalar(try Self.text(type, &inline)))
    }
    return try node(type: type, at: try container.resolve(offset, at: entry), end: container.end, depth: depth + 1)
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
