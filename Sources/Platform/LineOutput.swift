import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file descriptor that whole lines are written to: standard error, or a log file that is appended to.
///
/// Each text goes out in one `write` call where the system takes it whole, so that lines of several writers stay apart.
public final class LineOutput: Sendable {
  /// The file descriptor.
  public let fileDescriptor: Int32
  private let name: String
  private let isOwned: Bool

  /// Standard error.
  public static let standardError = LineOutput(borrowing: STDERR_FILENO, name: "standard error")

  /// Standard output.
  public static let standardOutput = LineOutput(borrowing: STDOUT_FILENO, name: "standard output")

  /// Writes to a file descriptor that the caller keeps open.
  public init(borrowing fileDescriptor: Int32, name: String) {
    self.fileDescriptor = fileDescriptor
    self.name = name
    isOwned = false
  }

  /// Opens the file at `path` for appending; a new one is readable by its owner and group only (0640).
  ///
  /// - Throws: `SystemError`; ENXIO for a named pipe that nobody reads, which is not waited for.
  public init(appendingTo path: String) throws(SystemError) {
    let descriptor = unsafe open(path, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK, 0o640)
    guard descriptor >= 0 else { throw .last("open", path) }
    fileDescriptor = descriptor
    name = path
    isOwned = true
  }

  deinit {
    if isOwned { close(fileDescriptor) }
  }

  /// Writes all of `text`.
  public func write(_ text: String) throws(SystemError) {
    var buffer = OutputBuffer(capacity: text.utf8.count)
    buffer.append(text)
    try writeAll(buffer.bytes, to: fileDescriptor, name)
  }
}
