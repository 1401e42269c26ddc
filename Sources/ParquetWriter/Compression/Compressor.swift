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

  /// Puts `input` and, behind it, `tail`, with `valueCount` values in all, into the empty `output` in compressed form,
  /// complete in itself. What `input` holds then is not said.
  ///
  /// - Returns: what belongs behind the output: the tail, where nothing is compressed.
  @_lifetime(copy tail)
  package mutating func compress(
    _ input: inout OutputBuffer, _ tail: RawSpan, valueCount: Int, to output: inout OutputBuffer
  ) throws(ParquetError) -> RawSpan {
    switch self {
    case .none:
      swap(&input, &output)
      return tail
    case .gzip(let gzip):
      let valueByteCount = (input.count + tail.byteCount) / max(valueCount, 1)
      try gzip.compress(input, tail, valueByteCount: valueByteCount, to: &output)
    case .zstd(let zstd):
      input.append(tail)
      try zstd.compress(input, to: &output)
    }
    return RawSpan()
  }
}

extension ClosedRange<Int> {
  /// Throws unless `level` is one of these levels.
  func require(_ level: Int, codec: String) throws(ParquetError) {
    guard contains(level) else { throw .invalidCompressionLevel(codec: codec, level: level, range: self) }
  }
}
