import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A regular file that is open for reading, and closed when nobody uses it any more.
public final class InputFile: Sendable {
  /// The path for error messages.
  public let path: String
  private let descriptor: Int32

  /// Opens the file at `path`.
  ///
  /// - Throws: `SystemError` when there is none, it may not be read, or it is a folder, a pipe or a device.
  public init(_ path: String) throws(SystemError) {
    // O_NONBLOCK only matters for a pipe, which would make `open` wait for a writer.
    let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .last("open", path) }
    self.descriptor = descriptor
    self.path = path
    let mode = try Self.status(descriptor, path).st_mode & S_IFMT
    guard mode == S_IFREG else { throw SystemError("read", path, code: mode == S_IFDIR ? EISDIR : ESPIPE) }
  }

  deinit { _ = close(descriptor) }

  private static func status(_ descriptor: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
    return status
  }

  /// How large the file is now, in bytes.
  public func byteCount() throws(SystemError) -> UInt64 { UInt64(clamping: try Self.status(descriptor, path).st_size) }

  /// All bytes of the file.
  ///
  /// - Throws: `SystemError`, EFBIG for a file of more than `limit` bytes.
  public func contents(limit: Int) throws(SystemError) -> [UInt8] {
    guard try byteCount() <= UInt64(limit) else { throw SystemError("read", path, code: EFBIG) }
    var buffer = OutputBuffer()
    while buffer.count < limit, try read(limit - buffer.count, at: UInt64(buffer.count), appendingTo: &buffer) > 0 {}
    return buffer.bytes.array
  }

  /// Appends up to `count` bytes from `offset` on to `buffer`; returns how many there were, 0 at the end of the file.
  public func read(
    _ count: Int, at offset: UInt64, appendingTo buffer: inout OutputBuffer
  ) throws(SystemError) -> Int {
    guard let offset = off_t(exactly: offset) else { return 0 }
    let descriptor = descriptor
    let path = path
    return try unsafe buffer.append(upTo: count) { (memory) throws(SystemError) -> Int in
      while true {
        let read = unsafe pread(descriptor, memory.baseAddress, memory.count, offset)
        if read >= 0 { return read }
        guard errno == EINTR else { throw .last("read", path) }
      }
    }
  }
}
