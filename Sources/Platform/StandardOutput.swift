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
}

extension SystemError {
  /// Whether nobody reads what was written.
  public var isBrokenPipe: Bool { code == EPIPE }
}
