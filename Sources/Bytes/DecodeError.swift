/// The inner error of every decoder: what is wrong with the bytes, and where.
///
/// It is small enough to be returned in registers; the layer that knows the file, event, table and column wraps it
/// (`BinlogError`, `WireError`).
public struct DecodeError: Error, Equatable, Sendable {
  /// What kind of wrong.
  public enum Reason: UInt8, Sendable {
    /// The bytes end before the field does.
    case truncated
    /// The frame holds more bytes than its fields do.
    case trailingBytes
    /// The bytes are there, but no such value exists.
    case invalid
    /// A value that exists, and that this decoder does not know.
    case unsupported
    /// A length or depth beyond the limit that guards memory.
    case tooLarge
  }

  /// What kind of wrong.
  public let reason: Reason
  /// Bytes from the start of the decoded span to the field.
  public let offset: Int
  /// The field, by its name in the MySQL or Parquet documents.
  public let detail: StaticString

  /// Makes an error for the field `detail`, `offset` bytes into the decoded span.
  @inlinable
  public init(_ reason: Reason, at offset: Int, _ detail: StaticString) {
    self.reason = reason
    self.offset = offset
    self.detail = detail
  }

  /// The same error, `bytes` further into an enclosing span.
  @inlinable
  public func shifted(by bytes: Int) -> DecodeError {
    DecodeError(reason, at: offset + bytes, detail)
  }

  /// Two errors are equal when they say the same of the same place.
  public static func == (a: DecodeError, b: DecodeError) -> Bool {
    a.reason == b.reason && a.offset == b.offset && a.detail.description == b.detail.description
  }
}

extension DecodeError: CustomStringConvertible {
  /// One phrase: "truncated column count at offset 12".
  public var description: String {
    let phrase =
      switch reason {
      case .truncated: "truncated"
      case .trailingBytes: "unexpected bytes after"
      case .invalid: "invalid"
      case .unsupported: "unsupported"
      case .tooLarge: "too large"
      }
    return "\(phrase) \(detail) at offset \(offset)"
  }
}
