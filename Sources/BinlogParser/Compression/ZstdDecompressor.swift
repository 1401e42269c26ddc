import Bytes
import CZstd

// https://www.rfc-editor.org/rfc/rfc8878 and https://facebook.github.io/zstd/zstd_manual.html

/// Decompresses a stream of zstd frames piece by piece.
///
/// What a frame says of its size is not used; a frame that asks for a larger window than `Limits.zstdWindowLog` is refused.
@safe
struct ZstdDecompressor: ~Copyable {
  private let context: OpaquePointer
  /// Bytes of the input that were used up.
  private(set) var consumed = 0
  /// True if the last frame is complete: more input may begin another.
  private(set) var isFrameComplete = true

  init() throws(DecodeError) {
    unsafe context = try Self.makeContext()
  }

  private static func makeContext() throws(DecodeError) -> OpaquePointer {
    guard let context = unsafe ZSTD_createDCtx() else { OutOfMemory.endProcess(wanted: contextByteCount) }
    let result = unsafe ZSTD_DCtx_setParameter(context, ZSTD_d_windowLogMax, Limits.zstdWindowLog)
    guard ZSTD_isError(result) == 0 else {
      unsafe ZSTD_freeDCtx(context)
      throw DecodeError(.unsupported, at: 0, "zstd window")
    }
    return unsafe context
  }

  deinit { unsafe ZSTD_freeDCtx(context) }

  /// About what a context takes.
  private static let contextByteCount = 96_000
  /// ZSTD_error_memory_allocation, as functions return it: there is no memory for the window.
  private static let outOfMemory = -64

  /// Appends at most `count` of the bytes that `input` goes on with after what was used up; fewer only at its end.
  ///
  /// - Parameter input: the same in each call.
  /// - Throws: `DecodeError` for damaged input and for one that ends within a frame.
  mutating func append(upTo count: Int, of input: RawSpan, to out: inout OutputBuffer) throws(DecodeError) {
    var missing = count
    while missing > 0 {
      let before = consumed
      let (written, result) = step(min(missing, Limits.decompressionStep), input, &out)
      if result == Self.outOfMemory { OutOfMemory.endProcess(wanted: 1 << Int(Limits.zstdWindowLog)) }
      guard ZSTD_isError(result) == 0 else { throw DecodeError(.invalid, at: before, "zstd data") }
      if consumed > before || written > 0 { isFrameComplete = result == 0 }
      missing -= written
      guard written == 0, consumed == input.byteCount else {
        guard written > 0 || consumed > before else { throw DecodeError(.invalid, at: consumed, "zstd data") }
        continue
      }
      guard isFrameComplete else { throw DecodeError(.truncated, at: consumed, "zstd data") }
      return
    }
  }

  private mutating func step(_ count: Int, _ input: RawSpan, _ out: inout OutputBuffer) -> (written: Int, result: Int) {
    var result = 0
    var position = consumed
    let written = unsafe input.withUnsafeBytes { source in
      unsafe out.append(upTo: count) { space in
        var from = unsafe ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: position)
        var to = unsafe ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
        result = unsafe ZSTD_decompressStream(context, &to, &from)
        position = unsafe from.pos
        return unsafe to.pos
      }
    }
    consumed = position
    return (written, result)
  }
}
