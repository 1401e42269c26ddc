#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SystemError {
  /// True if nobody listens on the port.
  public var isConnectionRefused: Bool { code == ECONNREFUSED }
}
