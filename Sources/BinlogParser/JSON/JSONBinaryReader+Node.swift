import Bytes

extension JSONBinaryReader {
  /// The tree of the value of `type` that lies at `offset`, before `end`.
  ///
  /// The same walk as `append`, with the same checks; it makes nodes instead of text.
  @_lifetime(self: copy self)
  mutating func node(type: UInt8, at offset: Int, end: Int, depth: Int) throws(DecodeError) -> JSONNode {
    switch type {
    case JSONBinaryType.smallObject, JSONBinaryType.smallArray:
      try node(UInt16.self, type, at: offset, end: end, depth: depth)
    case JSONBinaryType.largeObject, JSONBinaryType.largeArray:
      try node(UInt32.self, type, at: offset, end: end, depth: depth)
    default: try scalarNode(type: type, at: offset, end: end)
    }
  }

  /// The tree of an array or object.
  @_lifetime(self: copy self)
  private mutating func node<Offset: JSONOffset>(
    _: Offset.Type, _ type: UInt8, at offset: Int, end: Int, depth: Int
  ) throws(DecodeError) -> JSONNode {
    guard depth < JSONBinary.maxDepth else { throw DecodeError(.tooLarge, at: offset, "JSON depth") }
    let container = try JSONContainer<Offset>(type: type, at: offset, end: end, in: document)
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
  private mutating func node<Offset: JSONOffset>(
    _ index: Int, of container: JSONContainer<Offset>, depth: Int
  ) throws(DecodeError) -> JSONNode {
    let entry = container.valueEntry(index)
    let type = document[byteAt: entry]
    guard !container.holdsInline(type) else {
      var out = OutputBuffer(capacity: 16)
      let value = container.inlineValue(at: entry + 1, in: document)
      try JSONScalar.append(type: type, value, at: entry + 1, to: &out)
      return JSONNode(.scalar(out.array))
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
