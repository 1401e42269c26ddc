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
  private static let valuesInWindow = 20

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
    try setWindow(Self.windowBits(valueByteCount: valueByteCount))
    Self.appendHeader(to: &output)
    if !input.isEmpty || tail.isEmpty { try deflate(input.bytes, isLast: tail.isEmpty, to: &output) }
    if !tail.isEmpty { try deflate(tail, isLast: true, to: &output) }
    output.appendLittleEndian(CRC32.checksum(of: tail, from: CRC32.checksum(of: input.bytes)))
    output.appendLittleEndian(UInt32(truncatingIfNeeded: input.count + tail.byteCount))
  }

  /// Appends the start of a member: DEFLATE, no flags, no time, no word on the effort, and made on no system in particular.
  static func appendHeader(to output: inout OutputBuffer) {
    for byte: UInt8 in [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 0xFF] { output.append(byte) }
  }

  /// Appends `input` as the next piece of the content of a member that goes on.
  func compress(
    piece input: borrowing OutputBuffer, valueByteCount: Int, to output: inout OutputBuffer
  ) throws(ParquetError) {
    // zlib makes no progress on a flush behind nothing.
    guard !input.isEmpty else { return }
    try setWindow(Self.windowBits(valueByteCount: valueByteCount))
    try deflate(input.bytes, isLast: false, to: &output)
  }

  /// Appends the end of a member whose content came in pieces: a last block without bytes, and the sums of the content.
  static func appendEnd(checksum: UInt32, byteCount: UInt32, to output: inout OutputBuffer) {
    output.append(contentsOf: [0x03, 0x00])
    output.appendLittleEndian(checksum)
    output.appendLittleEndian(byteCount)
  }

  private func setWindow(_ bits: Int32) throws(ParquetError) {
    guard unsafe bits != state.pointee.windowBits else { return }
    unsafe deflateEnd(stream)
    unsafe state.pointee.windowBits = bits
    try check(unsafe Self.start(state, level: level))
  }

  // MARK: Pieces

  /// zlib keeps so many bytes free at the end of its buffer, which is two windows long (MIN_LOOKAHEAD, 262, and some).
  private static let reservedByteCount = 512

  /// Appends the DEFLATE of `part`, in pieces that each fit into zlib's buffer.
  ///
  /// A longer input would slide through the buffer, and every number in the match tables would be changed for each window of
  /// it: a fifth of the instructions of a whole run at level 3. So each piece begins with empty tables, and with the last
  /// third of a window of what is before it for history. Flushed pieces are one DEFLATE stream.
  ///
  /// Measured with the 264 MB of pages of the reference workload, whose values have 340 bytes: one core, the content alone,
  /// shortest of seven runs:
  ///
  /// | window | 8 KiB | 16 KiB | 32 KiB | 32 KiB, sliding |
  /// |---|---|---|---|---|
  /// | level 3 | 1.30 s, 49.6 MB | 1.42 s, 49.1 MB | 1.54 s, 49.3 MB | 1.60 s, 49.4 MB |
  /// | level 6 | 1.95 s, 43.9 MB | 2.33 s, 43.7 MB | 3.28 s, 43.9 MB | 3.46 s, 43.8 MB |
  private func deflate(_ part: RawSpan, isLast: Bool, to output: inout OutputBuffer) throws(ParquetError) {
    let window = unsafe 1 << Int(state.pointee.windowBits)
    let history = window / 3
    let pieceLimit = 2 * window - history - Self.reservedByteCount
    var start = 0
    repeat {
      let end = min(start + pieceLimit, part.byteCount)
      try begin(after: part.extracting(max(0, start - history)..<start))
      try deflate(piece: part.extracting(start..<end), isLast: isLast && end == part.byteCount, to: &output)
      start = end
    } while start < part.byteCount
  }

  /// Begins anew, with `history` to which matches may refer.
  private func begin(after history: RawSpan) throws(ParquetError) {
    try check(unsafe deflateReset(stream))
    guard !history.isEmpty else { return }
    let status = unsafe history.withUnsafeBytes { bytes in
      unsafe deflateSetDictionary(stream, bytes.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt32(bytes.count))
    }
    try check(status)
  }

  /// Appends the DEFLATE of `piece`, up to a whole byte, in one call.
  private func deflate(piece: RawSpan, isLast: Bool, to output: inout OutputBuffer) throws(ParquetError) {
    let stream = unsafe stream
    var status = Z_OK
    var isFull = false
    // Behind the last bits of a piece stands an empty block of five bytes.
    let bound = Int(unsafe deflateBound(stream, uLong(piece.byteCount))) + 16
    unsafe piece.withUnsafeBytes { source in
      unsafe stream.pointee.next_in = UnsafeMutablePointer(
        mutating: source.baseAddress?.assumingMemoryBound(to: UInt8.self))
      unsafe stream.pointee.avail_in = UInt32(source.count)
      _ = unsafe output.append(upTo: bound) { space in
        unsafe stream.pointee.next_out = space.baseAddress?.assumingMemoryBound(to: UInt8.self)
        unsafe stream.pointee.avail_out = UInt32(space.count)
        status = unsafe zlibDeflate(stream, isLast ? Z_FINISH : Z_SYNC_FLUSH)
        isFull = unsafe stream.pointee.avail_out == 0
        return space.count - Int(unsafe stream.pointee.avail_out)
      }
      unsafe stream.pointee.next_in = nil
      unsafe stream.pointee.next_out = nil
    }
    guard status == (isLast ? Z_STREAM_END : Z_OK), !isFull else { throw Self.failure(status) }
  }

  private func check(_ status: Int32) throws(ParquetError) {
    guard status == Z_OK else { throw Self.failure(status) }
  }

  private static func failure(_ status: Int32) -> ParquetError {
    .compression(codec: "gzip", reason: unsafe String(cString: zError(status)))
  }
}

// The methods of `GzipCompressor` hide the C function of the same name.

private func zlibDeflate(_ stream: UnsafeMutablePointer<z_stream>, _ flush: Int32) -> Int32 {
  unsafe deflate(stream, flush)
}
