import Bytes

/// A codec with its working memory, which serves page after page. One thread uses it at a time.
package enum Compressor: ~Copyable {
  case none
  case gzip(GzipCompressor)
  case zstd(ZstdCompressor)

  /// The codec for `compression`.
  package init(_ compression: Compression) throws(ParquetError) {
    switch compression {
    case .none: self = .none
    case .gzip(let level): self = .gzip(try GzipCompressor(level: level))
    case .zstd(let level): self = .zstd(try ZstdCompressor(level: level))
    }
  }

  /// Puts `input`, with `valueCount` values, into the empty `output` in compressed form, complete in itself. What `input`
  /// holds then is not said.
  package mutating func compress(
    _ input: inout OutputBuffer, valueCount: Int, to output: inout OutputBuffer
  ) throws(ParquetError) {
    switch self {
    case .none: swap(&input, &output)
    case .gzip(let gzip):
      try gzip.compress(input, valueByteCount: input.count / max(valueCount, 1), to: &output)
    case .zstd(let zstd): try zstd.compress(input, to: &output)
    }
  }
}

extension ClosedRange<Int> {
  /// Throws unless `level` is one of these levels.
  func require(_ level: Int, codec: String) throws(ParquetError) {
    guard contains(level) else { throw .invalidCompressionLevel(codec: codec, level: level, range: self) }
  }
}
