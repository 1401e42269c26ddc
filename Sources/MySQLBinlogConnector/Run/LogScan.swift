import BinlogParser
import MySQLWire
import Pipeline

/// Looks through a part of a server's log for a place or for global transaction ids, over a connection of its own.
struct LogScan {
  private let source: EventSource
  private var stream: EventStream
  private var transactions: TransactionTracker
  private var chunk = EventChunk(file: "")
  /// Where the transaction of the last event starts, and the ids of those before it.
  private(set) var transactionStart: (position: BinlogPosition, gtids: GTIDSet?)

  /// The ids of all transactions up to the last event, where they are known.
  var gtids: GTIDSet? { transactions.gtids }
  /// Where the next event starts.
  var position: BinlogPosition { stream.position }

  /// A look at `file` from its first event on, and at those after it; it ends with the log.
  static func run<T>(
    _ replica: Replica, _ file: String, _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    let connection: Connection
    do { connection = try replica.connect() } catch { throw .wire(error, reached: nil) }
    defer { replica.end(connection) }
    return try run(replica, connection, from: BinlogPosition(file: file, offset: 4), body)
  }

  /// A look over `connection` at the events from `place` on, where one starts; it ends with the log.
  static func run<T>(
    _ replica: Replica, _ connection: Connection, from place: BinlogPosition,
    _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    let checksum: EventChecksum
    do {
      checksum = try replica.beginDump(
        connection, from: .position(place, gtids: nil), nonBlocking: true, isRegistered: false)
    } catch {
      throw .wire(error, reached: nil)
    }
    var scan = LogScan(.server(connection), place, checksum)
    return try body(&scan)
  }

  private init(_ source: EventSource, _ start: BinlogPosition, _ checksum: EventChecksum) {
    self.source = source
    stream = source.stream(at: start, checksum: checksum)
    transactions = TransactionTracker(gtids: nil)
    transactionStart = (start, nil)
  }

  /// The next event that stands in a file; nil at the end of the log.
  mutating func next() throws(RunError) -> EventFrame? {
    while true {
      chunk.bytes.removeAll(shrinkingTo: EventChunk.fullByteCount)
      guard case .event(let offset, let count, _) = try source.next(&chunk.bytes, reached: stream.position) else {
        return nil
      }
      let before = stream.position.file
      if transactions.isOutside { transactionStart = (stream.position, transactions.gtids) }
      do {
        let frame = try chunk.frame(at: offset, count: count, &stream)
        try chunk.track(frame, &transactions, stream.format)
        if frame.isOutsideOfFile { continue }
        return frame
      } catch {
        var error = error
        error.file = before
        throw .binlog(error)
      }
    }
  }

  /// The tables whose columns the last event, `frame`, may change.
  func definitions(of frame: EventFrame, limit: Int) -> DefinitionScope { chunk.definitions(of: frame, limit: limit) }

  /// The ids of all transactions before `position`, which lies in the file.
  mutating func gtids(before position: BinlogPosition) throws(RunError) -> GTIDSet? {
    while stream.position.file == position.file, stream.position.offset < position.offset {
      guard try next() != nil else { break }
    }
    return gtids
  }

  /// When the file was begun, in seconds since 1970.
  mutating func beginning() throws(RunError) -> UInt32? { try next()?.header.timestamp }

  /// Where the first transaction starts that begins at `time` or later; the end of the log if there is none.
  mutating func firstTransaction(since time: UInt32) throws(RunError) -> StreamStart {
    while let frame = try next() {
      guard frame.header.timestamp >= time, frame.start == transactionStart.position.offset else { continue }
      guard !frame.header.type.describesFile else { continue }
      return .position(transactionStart.position, gtids: transactionStart.gtids)
    }
    return .position(stream.position, gtids: gtids)
  }
}

extension EventType {
  /// Whether the event says something of its file, and belongs to no transaction.
  fileprivate var describesFile: Bool {
    switch self {
    case .formatDescription, .startEncryption, .rotate, .stop, .previousGTIDs, .mariadbGTIDList, .binlogCheckpoint:
      true
    default: false
    }
  }
}
