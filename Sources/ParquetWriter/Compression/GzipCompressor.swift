import Bytes
import CZlib

// https://www.rfc-editor.org/rfc/rfc1952 and https://zlib.net/manual.html

/// GZIP: one `z_stream`, reset for each page.
@safe
package struct GzipCompressor: ~Copyable, @unchecked Sendable {
  /// 15 for a window of 32 KiB, and 16 for the gzip header and trailer.
  private static let windowBits: Int32 = 15 + 16
  /// zlib's own default for its match tables.
  private static let memoryLevel: Int32 = 8
  /// The most output space offered in one call.
  private static let outputStep = 1 << 20

  /// zlib keeps the address of the stream, so it must stay where it is.
  private let stream: UnsafeMutablePointer<z_stream>

  /// A compressor at `level`, one of `Compression.gzipLevels`.
  package init(level: Int) throws(ParquetError) {
    try Compression.gzipLevels.require(level, codec: "gzip")
    unsafe stream = try Self.makeStream(level: level)
  }

  private static func makeStream(level: Int) throws(ParquetError) -> UnsafeMutablePointer<z_stream> {
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    unsafe stream.initialize(to: z_stream())
    let status = unsafe deflateInit2_(
      stream, Int32(level), Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
    guard status == Z_OK else {
      unsafe stream.deallocate()
      throw failure(status)
    }
    return unsafe stream
  }

  deinit {
    unsafe deflateEnd(stream)
    unsafe stream.deallocate()
  }

  /// Appends `input` as one gzip member. The input must be at most `Int32.max` bytes, as a Parquet page is.
  package func compress(_ input: borrowing OutputBuffer, to output: inout OutputBuffer) throws(ParquetError) {
    let reset = unsafe deflateReset(stream)
    guard reset == Z_OK else { throw Self.failure(reset) }
    let step = min(Int(unsafe deflateBound(stream, uLong(input.count))), Self.outputStep)
    var status = Z_OK
    unsafe input.bytes.withUnsafeBytes { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(source.count)
      repeat {
        _ = unsafe output.append(upTo: step) { space in
          unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
          unsafe stream.pointee.avail_out = UInt32(space.count)
          status = unsafe deflate(stream, Z_FINISH)
          return space.count - Int(unsafe stream.pointee.avail_out)
        }
      } while status == Z_OK
      unsafe stream.pointee.next_in = nil
      unsafe stream.pointee.next_out = nil
    }
    guard status == Z_STREAM_END else { throw Self.failure(status) }
  }

  private static func failure(_ status: Int32) -> ParquetError {
    .compression(codec: "gzip", reason: unsafe String(cString: zError(status)))
  }
}
