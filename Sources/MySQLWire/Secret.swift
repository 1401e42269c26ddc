/// A password: it goes to the server, and never into a log, an error or a crash report.
///
/// Printing, interpolating, reflecting or dumping it gives "<redacted>".
public struct Secret: Sendable {
  /// The UTF-8 bytes; for the login only.
  package let bytes: [UInt8]

  /// Wraps `text`.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// Wraps the bytes of a password in any encoding.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// True if there is no password.
  public var isEmpty: Bool { bytes.isEmpty }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
  /// Always "<redacted>".
  public var description: String { "<redacted>" }
  /// Always "<redacted>".
  public var debugDescription: String { description }
  /// A mirror without children.
  public var customMirror: Mirror { Mirror(self, children: [:]) }
}
