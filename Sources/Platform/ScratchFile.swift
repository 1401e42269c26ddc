import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file without a name, for what does not fit into memory. It vanishes when nobody uses it any more, or the process ends.
public final class ScratchFile {
  /// Its folder, for error messages.
  public let folder: String
  private let descriptor: Int32
  /// Bytes written.
  public private(set) var byteCount: UInt64 = 0

  /// A file in the folder that TMPDIR names, or else in /var/tmp or /tmp.
  ///
  /// - Throws: `SystemError` of the last folder in which none can be made.
  public init() throws(SystemError) {
    let named = unsafe getenv("TMPDIR").map { unsafe String(cString: $0) } ?? ""
    // What is in /tmp may be in memory.
    let folders = named.isEmpty ? ["/var/tmp", "/tmp"] : [named]
    var opened: (folder: String, descriptor: Int32)?
    var failure = SystemError("open", named, code: ENOENT)
    for folder in folders where opened == nil {
      do throws(SystemError) { opened = (folder, try Self.open(in: folder)) } catch { failure = error }
    }
    guard let opened else { throw failure }
    (folder, descriptor) = opened
  }

  deinit { _ = close(descriptor) }

  /// Makes a file that nobody else can open, and takes its name away.
  private static func open(in folder: String) throws(SystemError) -> Int32 {
    let path = "\(folder)/mysql-binlog-connector.\(String(UInt64.random(in: .min ... .max), radix: 36))"
    let descriptor = unsafe systemOpen(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw .last("open", path) }
    _ = unsafe unlink(path)
    return descriptor
  }

  /// Writes the bytes of `buffer` at the end.
  public func append(_ buffer: borrowing OutputBuffer) throws(SystemError) {
    try writeAll(buffer.bytes, to: descriptor, folder)
    byteCount += UInt64(buffer.count)
  }

  /// Appends `count` bytes from `offset` on, which were written, to `buffer`.
  public func read(_ count: Int, at offset: UInt64, appendingTo buffer: inout OutputBuffer) throws(SystemError) {
    let end = buffer.count + count
    let descriptor = descriptor
    let folder = folder
    var place = off_t(offset)
    while buffer.count < end {
      let read = try unsafe buffer.append(upTo: end - buffer.count) { (memory) throws(SystemError) -> Int in
        while true {
          let read = unsafe pread(descriptor, memory.baseAddress, memory.count, place)
          if read > 0 { return read }
          guard read < 0, errno == EINTR else { throw .last("read", folder) }
        }
      }
      place += off_t(read)
    }
  }
}

// A method of `ScratchFile` hides the C function of the same name.

private func systemOpen(_ path: UnsafePointer<CChar>, _ flags: Int32, _ mode: mode_t) -> Int32 {
  unsafe open(path, flags, mode)
}
