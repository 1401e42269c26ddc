#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension SystemError {
  /// Nothing is at the path (ENOENT).
  public var isNotFound: Bool { code == ENOENT }
  /// Something is at the path already (EEXIST).
  public var isExisting: Bool { code == EEXIST }
  /// Another process has the lock (EWOULDBLOCK).
  public var isLockedElsewhere: Bool { code == EWOULDBLOCK }
  /// The file system, or the user's share of it, has no room left (ENOSPC, EDQUOT).
  public var isDiskFull: Bool { code == ENOSPC || code == EDQUOT }
  /// Two paths are on different file systems or mount points (EXDEV).
  public var isCrossDevice: Bool { code == EXDEV }
}
