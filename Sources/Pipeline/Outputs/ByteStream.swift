import Bytes
import Platform

/// Standard output, to which an output's bytes go in large pieces.
struct ByteStream: ~Copyable, BatchTarget {
  private let output = StandardOutput()
  /// Rows that were shown.
  var rows: UInt64 = 0
  /// Pieces that were written.
  private(set) var pieces: UInt64 = 0
  /// Bytes that were written.
  private(set) var bytesWritten: UInt64 = 0

  /// Writes `batch`, and empties it.
  ///
  /// - Throws: `PipelineError.outputClosed` where nobody reads any more.
  mutating func put(_ batch: LineBatch) throws(PipelineError) -> LineBatch? {
    try write(batch.bytes)
    pieces += 1
    bytesWritten += UInt64(batch.byteCount)
    batch.removeAll()
    return batch
  }

  private func write(_ buffer: borrowing OutputBuffer) throws(PipelineError) {
    do { try output.write(buffer.bytes) } catch { throw error.isBrokenPipe ? .outputClosed : .output(error) }
  }

  /// Waits until what was written is safe.
  func sync() throws(PipelineError) {
    do { try output.sync() } catch { throw .output(error) }
  }
}
