#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Writes all of `bytes` to a file descriptor; `subject` names it in the error.
///
/// Whoever started the program may have made the descriptor non-blocking, or another process that has the same pipe or terminal
/// open. One that takes no more at the moment is waited for, just as one that blocks.
func writeAll(_ bytes: RawSpan, to descriptor: Int32, _ subject: String) throws(SystemError) {
  var written = 0
  while written < bytes.byteCount {
    let count = unsafe bytes.extracting(written...).withUnsafeBytes { rest in
      unsafe write(descriptor, rest.baseAddress, rest.count)
    }
    if count >= 0 {
      written += count
      continue
    }
    switch errno {
    case EINTR: continue
    case EAGAIN: try waitUntilWritable(descriptor, subject)
    default: throw .last("write", subject)
    }
  }
}

/// Waits until the descriptor takes bytes, or has an error, which the next call reports.
private func waitUntilWritable(_ descriptor: Int32, _ subject: String) throws(SystemError) {
  var entry = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
  while unsafe poll(&entry, 1, -1) < 0 {
    guard errno == EINTR else { throw .last("poll", subject) }
  }
}
