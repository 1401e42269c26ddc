import Bytes
import CZstd

// https://www.rfc-editor.org/rfc/rfc8878 and https://facebook.github.io/zstd/zstd_manual.html

/// One ZSTD frame, which grows piece by piece and ends with a checksum.
@safe
final class ZstdStream: @unchecked Sendable {
  private let context: OpaquePointer

  /// An empty frame at `level`, one of `Compression.zstdLevels`.
  init(level: Int) throws(ParquetError) {
    unsafe context = try ZstdCompressor.makeContext(level: level)
    try ZstdCompressor.check(unsafe ZSTD_CCtx_setParameter(context, ZSTD_c_checksumFlag, 1))
  }

  deinit { unsafe ZSTD_freeCCtx(context) }

  /// Bytes of the context.
  var byteCountInMemory: Int { unsafe ZSTD_sizeof_CCtx(context) }

  /// Compresses `input`, and appends what comes out of it by now to `output`; all of it, where it is the last.
  func append(_ input: borrowing OutputBuffer, isLast: Bool, to output: inout OutputBuffer) throws(ParquetError) {
    var left = 0
    unsafe input.bytes.withUnsafeBytes { bytes in
      var source = unsafe ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      repeat {
        _ = unsafe output.append(upTo: ZSTD_CStreamOutSize()) { space in
          var target = unsafe ZSTD_outBuffer(dst: space.baseAddress, size: space.count, pos: 0)
          left = unsafe ZSTD_compressStream2(context, &target, &source, isLast ? ZSTD_e_end : ZSTD_e_continue)
          return unsafe target.pos
        }
      } while unsafe ZSTD_isError(left) == 0 && (isLast ? left > 0 : source.pos < source.size)
    }
    try ZstdCompressor.check(left)
  }
}
