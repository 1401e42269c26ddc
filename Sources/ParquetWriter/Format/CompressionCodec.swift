// https://github.com/apache/parquet-format/blob/master/Compression.md

/// `CompressionCodec`: what was done to the bytes of a page after encoding.
package enum CompressionCodec: Int32, Sendable {
  case uncompressed = 0
  case gzip = 2
  case zstd = 6
}
