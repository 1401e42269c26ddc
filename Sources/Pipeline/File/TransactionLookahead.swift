import BinlogParser
import Bytes
import Platform

/// A look at the events of a file behind the place that was reached, for the end of the transaction that is open there.
///
/// It reads headers and statements, and passes over rows.
public struct TransactionLookahead: ~Copyable {
  /// Result of the search.
  public enum Outcome: Sendable {
    /// The transaction ends.
    case end
    /// The file ends first.
    case noEnd
    /// There is something that is no event, or is no whole one: whoever comes there will say what is wrong.
    case unreadable
  }

  private let file: InputFile
  private let byteCount: UInt64
  private let maxEventBytes: Int
  private let framer: EventFramer
  private let mayGrow: Bool
  /// Start of the next event.
  private var position: UInt64
  /// Bytes of the file, and where the first of them stands.
  private var block = OutputBuffer(capacity: TransactionLookahead.blockByteCount)
  private var blockStart: UInt64 = 0

  private static let blockByteCount = 32 << 10
  /// Enough for a statement's fields, up to the words that end a transaction.
  private static let statementByteCount = 68 << 10

  /// A look behind the place that `reader` has reached, at events as `framer` frames them.
  init(_ reader: BinlogFileReader, _ framer: EventFramer, mayGrow: Bool) {
    file = reader.file
    byteCount = reader.byteCount
    maxEventBytes = reader.maxEventBytes
    position = reader.position
    self.framer = framer
    self.mayGrow = mayGrow
  }

  /// Goes on until `tracker` leaves its transaction.
  mutating func run(_ tracker: inout TransactionTracker) throws(BinlogFileError) -> Outcome {
    while position < byteCount {
      guard try load(EventHeader.byteCount), let header = Self.glimpse(block, at: offset, framer)?.header else {
        return mayGrow ? .noEnd : .unreadable
      }
      guard header.type != .formatDescription else { return .noEnd }
      let size = Int(header.eventSize)
      guard size <= maxEventBytes else { return .unreadable }
      guard UInt64(size) <= byteCount - position else { return mayGrow ? .noEnd : .unreadable }
      if header.type == .query, try !load(min(size, Self.statementByteCount)) { return .unreadable }
      do { try Self.take(block, at: offset, framer, &tracker) } catch { return .unreadable }
      guard !tracker.isOutside else { return .end }
      position += UInt64(size)
    }
    return .noEnd
  }

  /// Bytes of the block before the next event.
  private var offset: Int { Int(position - blockStart) }

  /// Makes the block hold `count` bytes of the next event; false where the file has less.
  private mutating func load(_ count: Int) throws(BinlogFileError) -> Bool {
    let held = blockStart..<blockStart + UInt64(block.count)
    if held.contains(position), held.upperBound - position >= UInt64(count) { return true }
    block.removeAll()
    blockStart = position
    let wanted = max(count, Self.blockByteCount)
    while block.count < count {
      let read: Int
      do {
        read = try file.read(wanted - block.count, at: blockStart + UInt64(block.count), appendingTo: &block)
      } catch {
        throw .system(error)
      }
      guard read > 0 else { return false }
    }
    return true
  }

  private static func glimpse(
    _ block: borrowing OutputBuffer, at offset: Int, _ framer: EventFramer
  ) -> EventFrame? {
    framer.glimpse(block.bytes, at: offset)
  }

  /// Lets `tracker` take what the block has of the event.
  private static func take(
    _ block: borrowing OutputBuffer, at offset: Int, _ framer: EventFramer, _ tracker: inout TransactionTracker
  ) throws(BinlogError) {
    guard let frame = framer.glimpse(block.bytes, at: offset) else { return }
    try tracker.accept(frame, frame.body(in: block.bytes), framer.format)
  }
}
