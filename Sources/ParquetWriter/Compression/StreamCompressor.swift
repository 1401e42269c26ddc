import Bytes

/// Compresses whole files piece by piece, each as one gzip member or one zstd frame: many readers stop behind the first.
///
/// Files share one gzip codec, whose pieces begin with empty tables; each zstd frame has a codec of its own.
package final class StreamCompressor {
  private let compression: Compression
  private let gzip: GzipCompressor?

  /// One file on its way.
  package final class Stream {
    fileprivate var checksum: UInt32 = 0
    fileprivate var byteCount: UInt32 = 0
    fileprivate let zstd: ZstdStream?

    fileprivate init(_ zstd: ZstdStream?) { self.zstd = zstd }

    /// Bytes that the file needs in memory to grow.
    package var byteCountInMemory: Int { zstd?.byteCountInMemory ?? 0 }
  }

  /// Gzip matches reach back so far as if values had this size.
  private static let valueByteCount = 512

  /// A compressor without files.
  package init(_ compression: Compression) throws(ParquetError) {
    self.compression = compression
    if case .gzip(let level) = compression { gzip = try GzipCompressor(level: level) } else { gzip = nil }
  }

  /// Begins a file, and appends its first bytes to `output`.
  package func begin(_ output: inout OutputBuffer) throws(ParquetError) -> Stream {
    switch compression {
    case .none: return Stream(nil)
    case .gzip:
      GzipCompressor.appendHeader(to: &output)
      return Stream(nil)
    case .zstd(let level): return Stream(try ZstdStream(level: level))
    }
  }

  /// Appends `input`, the next piece of `stream`, to `output` in compressed form. Some of it may come with later pieces.
  package func append(
    _ input: borrowing OutputBuffer, to stream: Stream, _ output: inout OutputBuffer
  ) throws(ParquetError) {
    switch compression {
    case .none: output.append(input.bytes)
    case .gzip:
      stream.checksum = CRC32.checksum(of: input.bytes, from: stream.checksum)
      stream.byteCount &+= UInt32(truncatingIfNeeded: input.count)
      try gzip?.compress(piece: input, valueByteCount: Self.valueByteCount, to: &output)
    case .zstd: try stream.zstd?.append(input, isLast: false, to: &output)
    }
  }

  /// Appends the end of `stream` to `output`.
  package func finish(_ stream: Stream, _ output: inout OutputBuffer) throws(ParquetError) {
    switch compression {
    case .none: break
    case .gzip: GzipCompressor.appendEnd(checksum: stream.checksum, byteCount: stream.byteCount, to: &output)
    case .zstd: try stream.zstd?.append(OutputBuffer(capacity: 0), isLast: true, to: &output)
    }
  }
}
