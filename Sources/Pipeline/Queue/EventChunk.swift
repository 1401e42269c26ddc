import BinlogParser
import Bytes

/// Consecutive events of one binlog file, handed from the reader to the processing worker as a whole: one lock for
/// hundreds of events.
///
/// Only one thread uses a chunk at a time: the reader fills it, and gives it away with `Pipeline.submit`.
public final class EventChunk: @unchecked Sendable {
  /// A chunk is handed over once it holds this many bytes.
  ///
  /// Each chunk wakes a thread. A quarter of this takes a fifth more processor time for a table that is filtered out; twice as
  /// much saves nothing.
  public static let fullByteCount = 1 << 20

  /// The binlog file in which the events stand.
  public private(set) var file: String
  /// The events' bytes, one after the other.
  public var bytes: OutputBuffer
  /// Where each event lies in `bytes`.
  public private(set) var frames: ContiguousArray<EventFrame> = []
  /// Where the run's first transaction of the file starts, which names its output; nil where that is not known yet.
  public var outputStart: UInt64?

  /// An empty chunk for events of `file`.
  public init(file: String) {
    self.file = file
    bytes = OutputBuffer(capacity: Self.usualCapacity)
    frames.reserveCapacity(256)
  }

  /// Room for a full chunk, of which the last event begins before that size and ends behind it.
  private static let usualCapacity = fullByteCount + (16 << 10)
  /// More memory is given back.
  private static let keptCapacity = fullByteCount + fullByteCount / 2

  /// Lets the chunk, which is empty, take events of `file`.
  func begin(_ file: String) { self.file = file }

  /// Forgets all events, and the memory that only large ones need.
  func removeAll() {
    bytes.removeAll(shrinkingTo: Self.keptCapacity)
    frames.removeAll(keepingCapacity: true)
    outputStart = nil
  }

  /// Lets `stream` take the event that begins `offset` bytes into `bytes` and ends them.
  ///
  /// - Throws: `BinlogError` as `EventFramer.accept` does.
  public func frame(at offset: Int, _ stream: inout EventFramer) throws(BinlogError) -> EventFrame {
    try Self.accept(bytes, at: offset, &stream)
  }

  private static func accept(
    _ events: borrowing OutputBuffer, at offset: Int, _ stream: inout EventFramer
  ) throws(BinlogError) -> EventFrame {
    try stream.accept(events.bytes.extracting(offset...), at: offset)
  }

  /// Lets `stream` take the event of `count` bytes that begins `offset` bytes into `bytes`, which may hold more.
  ///
  /// - Parameter isFormat: it is the format of the events that follow, from before their start.
  /// - Throws: `BinlogError` as `EventFramer.accept` does.
  public func frame(
    at offset: Int, count: Int, isFormat: Bool = false, _ stream: inout EventFramer
  ) throws(BinlogError) -> EventFrame {
    try Self.accept(bytes, at: offset, count: count, isFormat: isFormat, &stream)
  }

  private static func accept(
    _ events: borrowing OutputBuffer, at offset: Int, count: Int, isFormat: Bool, _ stream: inout EventFramer
  ) throws(BinlogError) -> EventFrame {
    let event = events.bytes.extracting(offset..<offset + count)
    return isFormat ? try stream.acceptFormat(event, at: offset) : try stream.accept(event, at: offset)
  }

  /// Number of bytes that the event which begins `offset` bytes into `bytes` says it has; 0 where there is no whole header.
  public func eventSize(at offset: Int) -> Int { Self.eventSize(bytes, at: offset) }

  private static func eventSize(_ events: borrowing OutputBuffer, at offset: Int) -> Int {
    FileEventHeader(events.bytes, at: offset)?.size ?? 0
  }

  /// Moves the bytes from `offset` on, which belong to no frame, to the start of `next`; none where the chunk was cut
  /// before them, because the reading ends there.
  public func moveTail(from offset: Int, to next: EventChunk) {
    guard offset < bytes.count else { return }
    Self.append(bytes, from: offset, to: &next.bytes)
    bytes.truncate(to: offset)
  }

  private static func append(_ source: borrowing OutputBuffer, from offset: Int, to target: inout OutputBuffer) {
    target.append(source.bytes.extracting(offset...))
  }

  /// Lets `tracker` take in the event `frame`.
  ///
  /// - Throws: `BinlogError` as `TransactionTracker.accept` does.
  public func track(
    _ frame: EventFrame, _ tracker: inout TransactionTracker, _ format: FormatDescriptionEvent?
  ) throws(BinlogError) {
    try Self.track(bytes, frame, &tracker, format)
  }

  private static func track(
    _ events: borrowing OutputBuffer, _ frame: EventFrame, _ tracker: inout TransactionTracker,
    _ format: FormatDescriptionEvent?
  ) throws(BinlogError) {
    try tracker.accept(frame, frame.body(in: events.bytes), format)
  }

  /// The tables whose columns the statement in the event `frame` may change; all where it cannot be read.
  ///
  /// - Parameter limit: how many bytes a compressed statement may come to.
  package func definitions(of frame: EventFrame, limit: Int) -> DefinitionScope {
    switch frame.header.type {
    case .query, .queryCompressed: Self.definitions(bytes, frame, limit)
    default: .nothing
    }
  }

  private static func definitions(
    _ events: borrowing OutputBuffer, _ frame: EventFrame, _ limit: Int
  ) -> DefinitionScope {
    do throws(DecodeError) {
      return try LoggedStatement(ofEvent: frame.header.type, frame.body(in: events.bytes), limit: limit).definitions
    } catch {
      return .everything
    }
  }

  /// The time of the transaction that the event `frame` begins, in seconds since 1970.
  public func transactionTime(_ frame: EventFrame) -> UInt32 { Self.transactionTime(bytes, frame) }

  private static func transactionTime(_ events: borrowing OutputBuffer, _ frame: EventFrame) -> UInt32 {
    TransactionTime.seconds(frame, frame.body(in: events.bytes))
  }

  /// When the server committed the transaction that the event `frame` begins; nil where it does not say.
  public func commitTime(_ frame: EventFrame) -> UInt32? { Self.commitTime(bytes, frame) }

  private static func commitTime(_ events: borrowing OutputBuffer, _ frame: EventFrame) -> UInt32? {
    TransactionTime.committed(frame, frame.body(in: events.bytes))
  }

  /// Adds the event `frame`, whose bytes were appended to `bytes`.
  public func append(_ frame: EventFrame) { frames.append(frame) }

  /// Drops all events but the first `frameCount`. Their bytes stay: what was read behind them may stand there.
  public func keep(_ frameCount: Int) {
    guard frameCount < frames.count else { return }
    frames.removeSubrange(frameCount...)
  }

  /// Moves the events from number `first` on, behind which nothing was read, to `next`, which is empty.
  public func moveEvents(from first: Int, to next: EventChunk) {
    guard first < frames.count else { return }
    let start = frames[first].offset
    moveTail(from: start, to: next)
    for var frame in frames[first...] {
      frame.offset -= start
      next.append(frame)
    }
    frames.removeSubrange(first...)
  }

  /// Marks those of the events with the numbers `range` that have rows or describe a table; returns how many of those
  /// that were not marked before have rows.
  public func markRolledBack(_ range: Range<Int>) -> Int {
    var count = 0
    for index in range.clamped(to: frames.indices) {
      let type = frames[index].header.type
      let hasRows = RowsEvent.kind(of: type) != nil
      guard hasRows || type == .tableMap, !frames[index].isRolledBack else { continue }
      frames[index].isRolledBack = true
      if hasRows { count += 1 }
    }
    return count
  }
}
