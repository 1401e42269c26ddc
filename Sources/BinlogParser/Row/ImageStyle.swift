import Bytes

/// What differs between the two texts that an image can be written as.
public protocol ImageStyle {
  /// What stands for NULL.
  static var null: StaticString { get }
  /// True if dates and times stand in quotes.
  static var quotesTemporals: Bool { get }
  /// True if a TIMESTAMP is written as `2024-01-31T10:11:12Z`.
  static var marksUTC: Bool { get }
  /// True if people read it on a terminal, which no value is to steer.
  static var isForTerminal: Bool { get }
  /// True for a style that heeds the writer's `JSONSpelling`.
  static var hasSpelling: Bool { get }
  /// The longest binary value in bytes that is written whole.
  static var wholeBinaryLimit: Int { get }

  /// Writes what comes before a value.
  static func key(_ index: Int, _ table: TablePlan, _ buffer: inout OutputBuffer)
  /// Writes what comes after an image, whose values were written from `start` on.
  static func end(from start: Int, _ buffer: inout OutputBuffer)
}

extension ImageStyle {
  /// No.
  @inlinable public static var hasSpelling: Bool { false }
}

/// A JSON object with a member for each present column: `{"id":1,"note":null}`.
public protocol JSONStyle: ImageStyle {}

extension JSONStyle {
  /// JSON's null.
  @inlinable public static var null: StaticString { "null" }
  /// JSON knows no dates.
  @inlinable public static var quotesTemporals: Bool { true }
  /// RFC 3339.
  @inlinable public static var marksUTC: Bool { true }
  /// Programs read it.
  @inlinable public static var isForTerminal: Bool { false }
  /// Data is never cut.
  @inlinable public static var wholeBinaryLimit: Int { .max }

  /// `,"name":`
  @inlinable @inline(__always)
  public static func key(_ index: Int, _ table: TablePlan, _ buffer: inout OutputBuffer) {
    table.jsonKeys.append(index, to: &buffer)
  }

  /// `}`, and the first comma becomes `{`.
  @inlinable @inline(__always)
  public static func end(from start: Int, _ buffer: inout OutputBuffer) {
    if buffer.count == start { buffer.append(UInt8(ascii: "{")) }
    buffer.overwriteLittleEndian(UInt8(ascii: "{"), at: start)
    buffer.append(UInt8(ascii: "}"))
  }
}

/// JSON with the one spelling of Parquet's images.
public enum JSONImage: JSONStyle {}

/// JSON with a spelling of the user's choice.
public enum SpelledJSONImage: JSONStyle {
  /// The writer's.
  @inlinable public static var hasSpelling: Bool { true }
}

/// A line for each present column, behind the end of the line before it: `\n  [0] id = 1`.
public enum TextImage: ImageStyle {
  /// SQL's NULL.
  @inlinable public static var null: StaticString { "NULL" }
  /// As the client shows them.
  @inlinable public static var quotesTemporals: Bool { false }
  /// As the client shows them.
  @inlinable public static var marksUTC: Bool { false }
  /// Values are shown as they are, but for what steers a terminal.
  @inlinable public static var isForTerminal: Bool { true }
  /// Longer values show their size and first bytes.
  @inlinable public static var wholeBinaryLimit: Int { 256 }

  /// `\n  [0] name = `
  @inlinable @inline(__always)
  public static func key(_ index: Int, _ table: TablePlan, _ buffer: inout OutputBuffer) {
    table.textKeys.append(index, to: &buffer)
  }

  /// The last line's end.
  @inlinable @inline(__always)
  public static func end(from start: Int, _ buffer: inout OutputBuffer) { buffer.append(UInt8(ascii: "\n")) }
}
