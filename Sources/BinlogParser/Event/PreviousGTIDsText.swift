import Bytes

/// The text of a PREVIOUS_GTIDS, made in pieces: as `@@gtid_executed` shows it, in the order of the event.
struct PreviousGTIDsText: ~Escapable {
  private var reader: PreviousGTIDsReader
  /// The source whose intervals come.
  private var source: (id: UUIDBytes, tag: String)?
  /// The last source that was written.
  private var writtenID: UUIDBytes?

  /// The text of the event with `body`.
  ///
  /// - Throws: `DecodeError` as `PreviousGTIDsReader.next`, for any part of the body.
  @_lifetime(copy body)
  init(_ body: RawSpan) throws(DecodeError) {
    reader = try PreviousGTIDsReader(body)
    var walk = try PreviousGTIDsReader(body)
    while try walk.next() != nil {}
  }

  /// Appends up to `count` parts of the text; returns false behind the last one.
  @_lifetime(self: copy self)
  mutating func append(upTo count: Int, to out: inout OutputBuffer) -> Bool {
    for index in 0..<count {
      // The body was read before: there is no error.
      guard let part = try? reader.next() else { return index > 0 }
      switch part {
      case .source(let id, let tag): source = (id, tag)
      case .interval(let range): append(range, to: &out)
      }
    }
    return true
  }

  @_lifetime(self: copy self)
  private mutating func append(_ range: Range<UInt64>, to out: inout OutputBuffer) {
    if let (id, tag) = source {
      if id != writtenID {
        if writtenID != nil { out.append(UInt8(ascii: ",")) }
        out.append(id.description)
      }
      if !tag.isEmpty { out.append(":\(tag)") }
      (writtenID, source) = (id, nil)
    }
    out.append(UInt8(ascii: ":"))
    out.append(decimal: range.lowerBound)
    guard range.upperBound - range.lowerBound > 1 else { return }
    out.append(UInt8(ascii: "-"))
    out.append(decimal: range.upperBound - 1)
  }
}
