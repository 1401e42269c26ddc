import Bytes

/// The rows of the last compressed rows event.
struct InflatedRows: Sendable {
  private var rows: [UInt8] = []

  /// What was decompressed last.
  var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get { rows.bytes }
  }

  /// Decompresses `compressed`, and forgets what was there before.
  ///
  /// - Throws: `DecodeError` for bytes that cannot be decompressed.
  mutating func replace(_ compressed: RawSpan) throws(DecodeError) {
    rows = []
    var buffer = OutputBuffer(capacity: compressed.byteCount)
    try CompressedBytes.appendEventPart(compressed, to: &buffer)
    rows = buffer.array
  }
}
