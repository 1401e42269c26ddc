import Bytes

/// One change to a JSON document, as PARTIAL_UPDATE_ROWS carries it in place of the whole document.
///
///     int<1>          operation    0 replace, 1 insert, 2 remove
///     string<lenenc>  path
///     string<lenenc>  value        binary JSON; not for remove
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classJson__diff.html>.
struct JSONDiff: ~Escapable {
  /// What happens at the path.
  enum Operation: UInt8 {
    /// The value there is replaced.
    case replace = 0
    /// A member is added to an object, or a cell to an array before the one of that index.
    case insert = 1
    /// The value there is removed.
    case remove = 2
  }

  let operation: Operation
  /// The path's text.
  let path: RawSpan
  /// Where the path begins in the diffs.
  let pathOffset: Int
  /// The value; of no bytes for a removal.
  let value: RawSpan
  /// Where the value begins in the diffs.
  let valueOffset: Int

  /// Reads the diff at the cursor.
  ///
  /// - Throws: `DecodeError` for a diff that is cut, and for an unknown operation.
  @_lifetime(copy cursor)
  init(_ cursor: inout ByteCursor) throws(DecodeError) {
    let offset = cursor.offset
    guard let operation = Operation(rawValue: try cursor.uint8("JSON diff operation")) else {
      throw DecodeError(.unsupported, at: offset, "JSON diff operation")
    }
    self.operation = operation
    path = try cursor.lenencBytes("JSON diff path")
    pathOffset = cursor.offset - path.byteCount
    value = operation == .remove ? path.extracting(first: 0) : try cursor.lenencBytes("JSON diff value")
    valueOffset = cursor.offset - value.byteCount
  }

  /// The SQL function that does the same, as the server's own tools name it.
  func function(_ path: JSONPath) -> StaticString {
    switch operation {
    case .replace: "JSON_REPLACE"
    case .remove: "JSON_REMOVE"
    case .insert:
      switch path.legs.last {
      case .cell, .cellFromLast: "JSON_ARRAY_INSERT"
      default: "JSON_INSERT"
      }
    }
  }
}

/// The diffs of one column of one row.
@usableFromInline
package enum JSONDiffs {
  /// Appends the text of `document`, in binary JSON, with the changes of `diffs` made to it.
  ///
  /// `offset` and `documentOffset` say where the two lie in the span that errors count from.
  ///
  /// - Throws: `DecodeError` where document or diffs cannot be read, or do not fit each other.
  @usableFromInline
  package static func append(
    _ diffs: RawSpan, at offset: Int, appliedTo document: RawSpan, at documentOffset: Int, to out: inout OutputBuffer
  ) throws(DecodeError) {
    guard diffs.byteCount > 0 else {
      do { return try JSONBinary.append(document, to: &out) } catch { throw error.shifted(by: documentOffset) }
    }
    let root: JSONNode
    do { root = try JSONNode.read(document, depth: 0) } catch { throw error.shifted(by: documentOffset) }
    do throws(DecodeError) {
      var cursor = ByteCursor(diffs)
      while !cursor.isAtEnd { try root.apply(try JSONDiff(&cursor)) }
    } catch {
      throw error.shifted(by: offset)
    }
    root.write(to: &out)
  }

  /// Appends what `diffs` do to a document that is not known: `{"$partial":[["JSON_REPLACE","$.a",1],…]}`.
  ///
  /// - Throws: `DecodeError` where the diffs cannot be read.
  @usableFromInline
  package static func append(_ diffs: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var cursor = ByteCursor(diffs)
    out.append("{\"$partial\":[")
    while !cursor.isAtEnd {
      if cursor.offset > 0 { out.append(UInt8(ascii: ",")) }
      let diff = try JSONDiff(&cursor)
      let path: JSONPath
      do { path = try JSONPath(diff.path) } catch { throw error.shifted(by: diff.pathOffset) }
      out.append("[\"")
      out.append(diff.function(path))
      out.append("\",")
      out.append(jsonString: diff.path)
      if diff.operation != .remove {
        out.append(UInt8(ascii: ","))
        do { try JSONBinary.append(diff.value, to: &out) } catch { throw error.shifted(by: diff.valueOffset) }
      }
      out.append(UInt8(ascii: "]"))
    }
    out.append("]}")
  }
}
