/// A place in a server's binary log: a file and a byte offset in it.
public struct BinlogPosition: Sendable, Equatable, CustomStringConvertible {
  /// The file's name without folder: "binlog.000042".
  public var file: String
  /// Bytes from the start of the file; the first event is at 4.
  public var offset: UInt64

  /// Offsets beyond this one are in no file: they would not fit into a signed 64-bit number after the next event.
  public static var maximumOffset: UInt64 { UInt64(Int64.max) - 1 << 33 }

  /// The place `offset` bytes into `file`.
  public init(file: String, offset: UInt64) {
    self.file = file
    self.offset = offset
  }

  /// Says whether this place comes before `other` in the log.
  public func precedes(_ other: BinlogPosition) -> Bool {
    file == other.file ? offset < other.offset : BinlogFileOrder.precedes(file, other.file)
  }

  /// "binlog.000042:1234".
  public var description: String { "\(file):\(offset)" }
}

/// The order of binlog files: by the number after the last dot, since 1000000 follows 999999.
public enum BinlogFileOrder {
  /// True if `a` comes before `b` in the log.
  public static func precedes(_ a: String, _ b: String) -> Bool {
    switch (number(of: a), number(of: b)) {
    case (let x?, let y?): x < y
    default: a < b
    }
  }

  /// True if `b` has the number that follows that of `a`.
  public static func isNext(_ b: String, after a: String) -> Bool {
    guard let x = number(of: a), x < .max else { return false }
    return number(of: b) == x + 1
  }

  /// The number after the last dot, if there is one.
  public static func number(of file: String) -> UInt64? {
    guard let dot = file.lastIndex(of: ".") else { return nil }
    return UInt64(file[file.index(after: dot)...])
  }
}
