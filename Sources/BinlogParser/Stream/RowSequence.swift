/// The numbers that order all rows of a stream, over files, restarts and failovers:
///
///     seq = max(previous seq + 1, file number << 40 | end offset of the event)
///
/// The number of the last row belongs to the place behind it: a run that begins there again numbers as this one did. File
/// numbers of 2^23 and more, and offsets of 2^40 and more, leave `previous + 1`; so does a file without a number.
public struct RowSequence: Sendable, Equatable {
  /// The number of the last row; 0 before the first one.
  public private(set) var last: Int64
  /// The file's number where it belongs, nil where it has none that fits.
  private var fileBits: Int64?

  private static let offsetBitCount: UInt64 = 40
  private static let fileBitCount: UInt64 = 23

  /// The numbers behind `last`.
  public init(last: Int64 = 0) { self.last = max(0, last) }

  /// Goes on in `file`.
  public mutating func enter(_ file: String) {
    fileBits = BinlogFileOrder.number(of: file).flatMap { number in
      number < 1 << Self.fileBitCount ? Int64(number << Self.offsetBitCount) : nil
    }
  }

  /// The number of the first row of an event that ends at `end`; the others follow it.
  public func first(at end: UInt64) -> Int64 {
    let next = last.saturatingAdding(1)
    guard let fileBits, end < 1 << Self.offsetBitCount else { return next }
    return max(next, fileBits | Int64(end))
  }

  /// Passes the `count` rows of an event that ends at `end`.
  public mutating func pass(_ count: Int, at end: UInt64) {
    if count > 0 { last = first(at: end).saturatingAdding(Int64(count) - 1) }
  }
}

extension Int64 {
  /// The sum, or the largest number: a checkpoint may hold any.
  fileprivate func saturatingAdding(_ other: Int64) -> Int64 {
    let (sum, overflow) = addingReportingOverflow(other)
    return overflow ? .max : sum
  }
}
