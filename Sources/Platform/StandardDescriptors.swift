#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// The descriptors of standard input, output and error.
public enum StandardDescriptors {
  /// Opens those that are closed.
  ///
  /// The next file, pipe or connection would otherwise get the number of one of them, and be sent log lines or rows. The null
  /// device takes the place, open the wrong way round: it takes no rows in silence, but is an error of each `write`.
  ///
  /// Call it first of all.
  public static func fill() {
    for descriptor in STDIN_FILENO...STDERR_FILENO where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is given out, which is this one.
      let null = unsafe open("/dev/null", descriptor == STDIN_FILENO ? O_WRONLY : O_RDONLY)
      // A folder is as good where there are no devices: it can be neither read nor written.
      if null < 0 { _ = unsafe open("/", O_RDONLY) }
    }
  }
}
