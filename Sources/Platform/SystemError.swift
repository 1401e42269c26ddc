#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A system call that failed: which, on what, and why.
public struct SystemError: Error, Equatable, Sendable, CustomStringConvertible {
  /// The system call, as in its manual page: "connect", "fsync".
  public let call: String
  /// What it was called on: a path, or host and port.
  public let subject: String
  /// `errno` after the call.
  public let code: Int32

  /// An error of `call` on `subject` with the error number `code`.
  public init(_ call: String, _ subject: String, code: Int32) {
    self.call = call
    self.subject = subject
    self.code = code
  }

  /// The current `errno` as the error of `call` on `subject`.
  static func last(_ call: String, _ subject: String) -> SystemError {
    SystemError(call, subject, code: errno)
  }

  /// The system's own words for the error number: "No space left on device".
  public var reason: String {
    if isNoRegularFile { return "it is a pipe or a device; only a regular file can be read: write into one first" }
    guard let text = unsafe strerror(code) else { return "error \(code)" }
    return unsafe String(cString: text)
  }

  /// True if a pipe or a device stands in the place of a file.
  public var isNoRegularFile: Bool { code == ESPIPE }

  /// "fsync data/x: No space left on device (28)".
  public var description: String { "\(call) \(subject): \(reason) (\(code))" }
}
