import Bytes
import CZlib

// https://www.rfc-editor.org/rfc/rfc1950, https://www.rfc-editor.org/rfc/rfc1951 and https://zlib.net/manual.html

/// Decompresses zlib streams of a known length: MariaDB's compressed events and columns.
enum ZlibInflater {
  /// What surrounds the compressed bytes.
  enum Wrap {
    /// Two bytes before, and an Adler-32 after them.
    case zlib
    /// Nothing.
    case raw

    /// 15 for a window of 32 KiB, negative without a header.
    fileprivate var windowBits: Int32 { self == .zlib ? 15 : -15 }
  }

  /// Memory of zlib: a window of 32 KiB, and about seven more for its tables.
  private static let memoryByteCount = 40_000

  /// Appends what `stream` decompresses to, which must be `count` bytes.
  ///
  /// - Throws: `DecodeError` for a stream that is cut or damaged, that decompresses to another number of bytes, or that
  ///   has bytes after it; then nothing is appended.
  static func inflate(
    _ stream: RawSpan, count: Int, wrap: Wrap, to out: inout OutputBuffer
  ) throws(DecodeError) {
    guard stream.byteCount <= Int(UInt32.max), count <= stream.byteCount.multiplied(by: Limits.zlibRatio) else {
      throw DecodeError(.tooLarge, at: 0, "uncompressed length")
    }
    let start = out.count
    do throws(DecodeError) {
      try run(stream, count, wrap, &out)
    } catch {
      out.truncate(to: start)
      throw error
    }
  }

  private static func run(
    _ input: RawSpan, _ count: Int, _ wrap: Wrap, _ out: inout OutputBuffer
  ) throws(DecodeError) {
    // zlib keeps the address of the stream, so it must stay where it is.
    let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
    defer { unsafe stream.deallocate() }
    unsafe stream.initialize(to: z_stream())
    let initialized = unsafe inflateInit2_(
      stream, wrap.windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
    guard initialized == Z_OK else { OutOfMemory.endProcess(wanted: memoryByteCount) }
    defer { unsafe inflateEnd(stream) }
    var status = Z_OK
    let end = out.count + count
    unsafe input.withUnsafeBytes { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(source.count)
      // One byte more than promised, to find out whether there are more.
      while status == Z_OK, out.count <= end {
        let step = min(end - out.count + 1, Limits.decompressionStep)
        let written = unsafe out.append(upTo: step) { space in
          unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
          unsafe stream.pointee.avail_out = UInt32(space.count)
          status = unsafe CZlib.inflate(stream, Z_NO_FLUSH)
          return space.count - Int(unsafe stream.pointee.avail_out)
        }
        if written == 0, status == Z_OK { status = Z_BUF_ERROR }
      }
    }
    let offset = input.byteCount - Int(unsafe stream.pointee.avail_in)
    switch status {
    case Z_STREAM_END where out.count < end: throw DecodeError(.invalid, at: 0, "uncompressed length")
    case Z_STREAM_END where offset < input.byteCount: throw DecodeError(.trailingBytes, at: offset, "zlib stream")
    case Z_STREAM_END where out.count == end: return
    case Z_BUF_ERROR: throw DecodeError(.truncated, at: offset, "zlib stream")
    case Z_OK, Z_STREAM_END: throw DecodeError(.invalid, at: 0, "uncompressed length")
    case Z_MEM_ERROR: OutOfMemory.endProcess(wanted: memoryByteCount)
    default: throw DecodeError(.invalid, at: offset, "zlib stream")
    }
  }
}

extension Int {
  /// The product, or the greatest number where it does not fit.
  fileprivate func multiplied(by other: Int) -> Int {
    let (product, overflow) = multipliedReportingOverflow(by: other)
    return overflow ? .max : product
  }
}
