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

  /// Nobody reads the named pipe that was to be opened for writing (ENXIO).
  public var isPipeWithoutReader: Bool { code == ENXIO }

  /// A pipe or a device was to be read (ESPIPE).
  public var isNoFile: Bool { code == ESPIPE }

  /// Advice about a limit of the process or of the machine that the call ran into; nil for other errors.
  public var adviceOnLimit: String? {
    switch code {
    case EMFILE:
      "the process may have \(DescriptorLimit.current) files open at a time: raise that limit (ulimit -n, or LimitNOFILE of a "
        + "systemd unit) to 1024, and run again"
    case ENFILE:
      "all files that this machine may have open are open: raise fs.file-max, or end other programs, and run again"
    case EFBIG:
      "the process (ulimit -f), or the file system, allows no larger file: raise the limit, or let output files end earlier with "
        + "parquet_roll_bytes, and run again"
    case ENOMEM: "the system has no memory left: end other programs, or raise the limit of this one, and run again"
    default: nil
    }
  }
}
