#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes all of `bytes` to a file descriptor that waits; `subject` names it in the error.
func writeAll(_ bytes: RawSpan, to descriptor: Int32, _ subject: String) throws(SystemError) {
  var written = 0
  while written < bytes.byteCount {
    let count = unsafe bytes.extracting(written...).withUnsafeBytes { rest in
      unsafe write(descriptor, rest.baseAddress, rest.count)
    }
    if count >= 0 {
      written += count
    } else if errno != EINTR {
      throw .last("write", subject)
    }
  }
}
