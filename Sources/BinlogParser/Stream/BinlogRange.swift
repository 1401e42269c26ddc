/// The half-open part of a log that a run reads: events that start at or after `from` and end at or before `to`.
public struct BinlogRange: Sendable, Equatable {
  /// Where the first event starts.
  public let from: BinlogPosition
  /// The last file, or nil to read for ever.
  public let toFile: String?
  /// Where the last event ends in that file, or nil for the file's end.
  public let toOffset: UInt64?

  /// The range from `from` to `toOffset` in `toFile`.
  public init(from: BinlogPosition, toFile: String?, toOffset: UInt64?) {
    self.from = from
    self.toFile = toFile
    self.toOffset = toOffset
  }

  /// The rest of the range from `from` on.
  public func beginning(at from: BinlogPosition) -> BinlogRange {
    BinlogRange(from: from, toFile: toFile, toOffset: toOffset)
  }

  /// True if the range has an end.
  public var isBounded: Bool { toFile != nil }

  /// What an event means for the range.
  public enum Verdict: Sendable, Equatable {
    /// It belongs to the range, and so may the next one.
    case inside
    /// It belongs to the range, and is its last.
    case last
    /// It lies behind the range.
    case beyond
  }

  /// Judges the event `frame` of `file`; `next` is where the stream goes on after it.
  public func judge(_ frame: EventFrame, file: String, next: BinlogPosition) -> Verdict {
    guard let toFile else { return .inside }
    if BinlogFileOrder.precedes(toFile, file) { return .beyond }
    guard file == toFile else { return .inside }
    guard !frame.isOutsideOfFile else { return isPassed(by: next) ? .beyond : .inside }
    if let toOffset, frame.end > toOffset { return .beyond }
    if let toOffset, frame.end == toOffset { return .last }
    let endsFile = frame.header.type == .rotate || frame.header.type == .stop
    return endsFile && toOffset == nil ? .last : .inside
  }

  /// True if no event that starts at `next` or later can belong to the range.
  public func isPassed(by next: BinlogPosition) -> Bool {
    guard let toFile, !next.file.isEmpty else { return false }
    if let toOffset, next.file == toFile { return next.offset >= toOffset }
    return BinlogFileOrder.precedes(toFile, next.file)
  }

  /// True if a log that ends at `reached` covers the range.
  public func isCovered(by reached: BinlogPosition) -> Bool {
    guard let toFile else { return false }
    if BinlogFileOrder.precedes(toFile, reached.file) { return true }
    guard reached.file == toFile else { return false }
    guard let toOffset else { return true }
    return reached.offset >= toOffset
  }
}
