import Bytes

/// Whole lines or blocks of text.
final class LineBatch: ChangeBatch, @unchecked Sendable {
  /// The bytes.
  var bytes = OutputBuffer()
  /// Rows among them.
  var rowCount = 0

  /// A batch is full at this size.
  static let fullByteCount = 1 << 20

  var byteCount: Int { bytes.count }

  func removeAll() {
    bytes.removeAll(shrinkingTo: Self.fullByteCount * 2)
    rowCount = 0
  }
}
