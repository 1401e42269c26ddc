#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Standard output, for data.
public struct StandardOutput: Sendable {
  /// The process's standard output.
  public init() {}

  /// Writes all of `bytes`.
  ///
  /// - Throws: `SystemError`; `isBrokenPipe` when nobody reads any more.
  public func write(_ bytes: RawSpan) throws(SystemError) {
    try writeAll(bytes, to: STDOUT_FILENO, "standard output")
  }

  /// Waits until everything written is safe on disk, where standard output is a file. A pipe or a terminal keeps nothing.
  public func sync() throws(SystemError) {
    while fsync(STDOUT_FILENO) != 0 {
      if errno == EINVAL || errno == ENOTSUP || errno == EROFS { return }
      guard errno == EINTR else { throw .last("fsync", "standard output") }
    }
  }
}

extension SystemError {
  /// True if nobody reads what was written.
  public var isBrokenPipe: Bool { code == EPIPE }
}
