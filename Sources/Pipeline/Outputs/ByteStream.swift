import Bytes
import Platform

/// Standard output, to which an output's bytes go in large pieces.
struct ByteStream: ~Copyable {
  private let output = StandardOutput()
  /// Rows that were shown.
  var rows: UInt64 = 0
  /// Pieces that were written.
  private(set) var pieces: UInt64 = 0
  /// Bytes that were written.
  private(set) var bytesWritten: UInt64 = 0

  /// More than these bytes do not wait for the end of the chunk of events.
  static let pieceByteCount = 1 << 20

  /// Writes what is in `buffer`, and empties it.
  ///
  /// - Throws: `PipelineError.outputClosed` where nobody reads any more.
  mutating func write(_ buffer: inout OutputBuffer) throws(PipelineError) {
    guard !buffer.isEmpty else { return }
    do { try output.write(buffer.bytes) } catch { throw error.isBrokenPipe ? .outputClosed : .output(error) }
    pieces += 1
    bytesWritten += UInt64(buffer.count)
    buffer.removeAll(shrinkingTo: Self.pieceByteCount * 2)
  }

  /// Waits until what was written is safe.
  func sync() throws(PipelineError) {
    do { try output.sync() } catch { throw .output(error) }
  }
}
