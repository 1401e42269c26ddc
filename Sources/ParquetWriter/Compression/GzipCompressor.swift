import Bytes
import CZlib

// https://www.rfc-editor.org/rfc/rfc1952 and https://zlib.net/manual.html

/// GZIP: one `z_stream` for DEFLATE, reset for each page, in frames of our own.
///
/// | Field | Type |
/// |---|---|
/// | header | 10 bytes: no name, no time |
/// | content | DEFLATE |
/// | CRC-32 of the input | `int<4>`, least significant byte first |
/// | size of the input | `int<4>`, least significant byte first |
///
/// zlib would write the same frame, and take its own, slower, CRC-32 for it.
@safe
package struct GzipCompressor: ~Copyable, @unchecked Sendable {
  /// zlib's own default for its match tables.
  private static let memoryLevel: Int32 = 8
  /// The most output space offered in one call.
  private static let outputStep = 1 << 20

  private let level: Int32
  private let state: UnsafeMutablePointer<State>

  @safe
  private struct State {
    /// The first field. zlib keeps its address, so it must stay where it is.
    var stream = unsafe z_stream()
    /// The window for which the stream was made.
    var windowBits: Int32
  }

  /// A compressor at `level`, one of `Compression.gzipLevels`.
  package init(level: Int) throws(ParquetError) {
    try Compression.gzipLevels.require(level, codec: "gzip")
    unsafe state = try Self.makeState(level: Int32(level))
    self.level = Int32(level)
  }

  private static func makeState(level: Int32) throws(ParquetError) -> UnsafeMutablePointer<State> {
    let state = UnsafeMutablePointer<State>.allocate(capacity: 1)
    unsafe state.initialize(to: State(windowBits: largestWindowBits))
    let status = unsafe start(state, level: level)
    guard status == Z_OK else {
      unsafe state.deallocate()
      throw failure(status)
    }
    return unsafe state
  }

  private static func start(_ state: UnsafeMutablePointer<State>, level: Int32) -> Int32 {
    // Negative: no frame around the content.
    unsafe deflateInit2_(
      stream(of: state), level, Z_DEFLATED, -state.pointee.windowBits, memoryLevel, Z_DEFAULT_STRATEGY, ZLIB_VERSION,
      Int32(MemoryLayout<z_stream>.size))
  }

  private static func stream(of state: UnsafeMutablePointer<State>) -> UnsafeMutablePointer<z_stream> {
    unsafe UnsafeMutableRawPointer(state).assumingMemoryBound(to: z_stream.self)
  }

  private var stream: UnsafeMutablePointer<z_stream> { unsafe Self.stream(of: state) }

  deinit {
    unsafe deflateEnd(stream)
    unsafe state.deallocate()
  }

  private static let largestWindowBits: Int32 = 15
  private static let smallestWindowBits: Int32 = 13
  /// What a value repeats stands in those just before it: a window for so many of them is searched faster than a larger
  /// one, and its shorter distances take fewer bits.
  ///
  /// Measured with 264 MB of pages with values of 300 bytes, one core, the content alone:
  ///
  /// | window | 8 KiB | 16 KiB | 32 KiB |
  /// |---|---|---|---|
  /// | level 3 | 1.55 s, 49.2 MB | 1.50 s, 49.1 MB | 1.51 s, 49.3 MB |
  /// | level 6 | 2.23 s, 42.9 MB | 2.55 s, 43.2 MB | 3.21 s, 43.7 MB |
  private static let valuesInWindow = 24

  private static func windowBits(valueByteCount: Int) -> Int32 {
    var bits = smallestWindowBits
    while bits < largestWindowBits, valueByteCount * valuesInWindow > 1 << bits { bits += 1 }
    return bits
  }

  /// Appends `input` and, behind it, `tail` as one gzip member. Together they must be at most `Int32.max` bytes, as a Parquet
  /// page is.
  ///
  /// - Parameter valueByteCount: the size of the values in it, on average.
  package func compress(
    _ input: borrowing OutputBuffer, _ tail: RawSpan, valueByteCount: Int, to output: inout OutputBuffer
  ) throws(ParquetError) {
    try reset(windowBits: Self.windowBits(valueByteCount: valueByteCount))
    // DEFLATE, no flags, no time, no word on the effort, and made on no system in particular.
    for byte: UInt8 in [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] { output.append(byte) }
    let space = Int(unsafe deflateBound(stream, uLong(input.count + tail.byteCount)))
    if !input.isEmpty, !tail.isEmpty { try feed(input.bytes, Z_NO_FLUSH, space, to: &output) }
    try feed(tail.isEmpty ? input.bytes : tail, Z_FINISH, space, to: &output)
    output.appendLittleEndian(CRC32.checksum(of: tail, from: CRC32.checksum(of: input.bytes)))
    output.appendLittleEndian(UInt32(truncatingIfNeeded: input.count + tail.byteCount))
  }

  private func reset(windowBits: Int32) throws(ParquetError) {
    let status: Int32
    if unsafe windowBits == state.pointee.windowBits {
      status = unsafe deflateReset(stream)
    } else {
      unsafe deflateEnd(stream)
      unsafe state.pointee.windowBits = windowBits
      status = unsafe Self.start(state, level: level)
    }
    guard status == Z_OK else { throw Self.failure(status) }
  }

  /// Gives all of `input` to zlib, and appends what comes out: with Z_FINISH all there is, which takes at most `space` bytes.
  private func feed(
    _ input: RawSpan, _ flush: Int32, _ space: Int, to output: inout OutputBuffer
  ) throws(ParquetError) {
    let stream = unsafe stream
    let step = min(space, Self.outputStep)
    var status = Z_OK
    unsafe input.withUnsafeBytes { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(source.count)
      repeat {
        _ = unsafe output.append(upTo: step) { space in
          unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
          unsafe stream.pointee.avail_out = UInt32(space.count)
          status = unsafe deflate(stream, flush)
          return space.count - Int(unsafe stream.pointee.avail_out)
        }
      } while unsafe status == Z_OK && (flush == Z_FINISH || stream.pointee.avail_in > 0)
      unsafe stream.pointee.next_in = nil
      unsafe stream.pointee.next_out = nil
    }
    guard status == (flush == Z_FINISH ? Z_STREAM_END : Z_OK) else { throw Self.failure(status) }
  }

  private static func failure(_ status: Int32) -> ParquetError {
    .compression(codec: "gzip", reason: unsafe String(cString: zError(status)))
  }
}
