import Bytes

/// Whole lines or blocks of text.
package final class LineBatch: ChangeBatch, @unchecked Sendable {
  /// The bytes.
  package var bytes = OutputBuffer()
  /// Rows among them.
  package var rowCount = 0

  /// An empty batch.
  package init() {}

  /// A batch is full at this size.
  package static let fullByteCount = 1 << 20

  package var byteCount: Int { bytes.count }

  package func removeAll() {
    bytes.removeAll(shrinkingTo: Self.fullByteCount * 2)
    rowCount = 0
  }
}
