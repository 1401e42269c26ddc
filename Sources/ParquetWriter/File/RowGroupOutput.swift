import Bytes
import Platform

/// The way of row groups into files: large pages are written from where they are, small ones together.
///
/// Without compression that saves a copy of nearly all bytes of the file.
package struct RowGroupOutput: ~Copyable, PageOutput {
  private let file: any OutputFile
  /// What is still to be written.
  private var gathered = OutputBuffer(capacity: largeByteCount)

  /// Larger pieces are not gathered.
  private static let largeByteCount = 64 << 10

  /// The way to the end of `file`.
  init(_ file: any OutputFile) { self.file = file }

  /// Where in the file the next byte will stand.
  var offset: Int { file.byteCount + gathered.count }

  /// Writes `bytes`, or keeps a copy until there are more.
  package mutating func write(_ bytes: RawSpan) throws(ParquetError) {
    if gathered.count + bytes.byteCount > Self.largeByteCount { try flush() }
    if bytes.byteCount > Self.largeByteCount { try put(bytes) } else { gathered.append(bytes) }
  }

  /// Writes what was gathered.
  mutating func flush() throws(ParquetError) {
    try put(gathered.bytes)
    gathered.removeAll()
  }

  private func put(_ bytes: RawSpan) throws(ParquetError) {
    do { try file.write(bytes) } catch { throw .output(error) }
  }
}
