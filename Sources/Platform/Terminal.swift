#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// What can be asked about the terminal behind a file descriptor.
public enum Terminal {
  /// The file descriptor of standard output.
  public static let standardOutput = STDOUT_FILENO
  /// The file descriptor of standard error.
  public static let standardError = STDERR_FILENO

  /// True if `fileDescriptor` is a terminal.
  public static func isTerminal(_ fileDescriptor: Int32) -> Bool { isatty(fileDescriptor) == 1 }

  /// The terminal's width in columns, or nil where there is no terminal or it does not say.
  public static func width(_ fileDescriptor: Int32) -> Int? {
    var size = winsize()
    guard unsafe ioctl(fileDescriptor, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return nil }
    return Int(size.ws_col)
  }
}
