import BinlogParser
import MySQLWire
import Pipeline

/// Looks through a part of a log for a place or for global transaction ids; at a server over a connection of its own.
struct LogScan {
  private let source: EventSource
  private var stream: EventFramer
  private var transactions: TransactionTracker
  private var chunk = EventChunk(file: "")
  /// End of the log before the scan began, if that is known.
  private let knownEnd: BinlogPosition?
  /// Where the transaction of the last event starts, and the ids of those before it.
  private(set) var transactionStart: (position: BinlogPosition, gtids: GTIDSet?)
  /// True if the last event begins a transaction.
  private var beginsTransaction = false

  /// The ids of all transactions up to the last event, where they are known.
  var gtids: GTIDSet? { transactions.gtids }
  /// Start of the next event.
  var position: BinlogPosition { stream.position }

  /// A look at `file` of the server with `facts` from its first event on, and at those after it; it ends with the log.
  ///
  /// Another server that answers is an error like an outage: its log must not decide anything.
  static func run<T>(
    _ replica: Replica, _ facts: ServerFacts, _ file: String, _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    let connection: Connection
    do { connection = try replica.connect() } catch { throw .wire(error, reached: nil) }
    defer { replica.end(connection) }
    do { try connection.expect(facts.identity) } catch { throw .wire(error, reached: nil) }
    return try run(replica, connection, from: BinlogPosition(file: file, offset: 4), knownEnd: facts.end, body)
  }

  /// A look over `connection` at the events from `place` on, where one starts; it ends with the log.
  ///
  /// - Parameter knownEnd: where the log ended before, if that is known; a dump that ends before it is an error.
  static func run<T>(
    _ replica: Replica, _ connection: Connection, from place: BinlogPosition, knownEnd: BinlogPosition?,
    _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    let checksum: EventChecksum
    do {
      checksum = try replica.beginDump(
        connection, from: ResumePoint(at: place), nonBlocking: true, isRegistered: false)
    } catch {
      throw .wire(error, reached: nil)
    }
    var scan = LogScan(.server(connection), place, checksum, knownEnd: knownEnd)
    return try body(&scan)
  }

  /// A look at `file` among those of `settings`, and at those after it.
  static func run<T>(
    _ settings: FileSettings, _ file: String, _ body: (inout LogScan) throws(RunError) -> T
  ) throws(RunError) -> T {
    let start = BinlogPosition(file: file, offset: 4)
    let range = BinlogRange(from: start, toFile: nil, toOffset: nil)
    // The run itself says what is missing where it reads.
    var scan = LogScan(.files(settings.source(of: range, allowsGaps: true)), start, .none, knownEnd: nil)
    return try body(&scan)
  }

  private init(
    _ source: EventSource, _ start: BinlogPosition, _ checksum: EventChecksum, knownEnd: BinlogPosition?
  ) {
    self.knownEnd = knownEnd
    self.source = source
    stream = source.stream(at: start, checksum: checksum)
    transactions = TransactionTracker(gtids: nil)
    transactionStart = (start, nil)
  }

  /// The next event that stands in a file; nil at the end of the log.
  mutating func next() throws(RunError) -> EventFrame? {
    while true {
      forgetEvents()
      let offset: Int
      let count: Int
      switch try source.next(&chunk.bytes, reached: stream.position) {
      case .event(let eventOffset, let eventCount, _): (offset, count) = (eventOffset, eventCount)
      case .file(let start, _):
        stream = source.stream(at: start, checksum: .none)
        continue
      case .end:
        try checkEnd()
        return nil
      }
      let before = stream.position.file
      let wasOutside = transactions.isOutside
      if wasOutside { transactionStart = (stream.position, transactions.gtids) }
      do {
        let frame = try chunk.frame(at: offset, count: count, &stream)
        try chunk.track(frame, &transactions, stream.format)
        if frame.isOutsideOfFile { continue }
        beginsTransaction = wasOutside && !frame.header.type.describesFile
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

  /// Forgets the events of which the chunk is full; what a file's block holds behind them stays.
  private mutating func forgetEvents() {
    guard case .files = source else { return chunk.bytes.removeAll(shrinkingTo: EventChunk.fullByteCount) }
    guard chunk.bytes.count >= EventChunk.fullByteCount else { return }
    let next = EventChunk(file: "")
    source.carry(from: chunk, to: next)
    chunk = next
  }

  /// Throws where the dump ended before the log: `KILL QUERY`, or a server that stops, ends it as if there were no more.
  private func checkEnd() throws(RunError) {
    guard case .server(let connection) = source, let knownEnd, stream.position.precedes(knownEnd) else { return }
    throw .wire(connection.dumpWasCut, reached: stream.position)
  }

  /// The ids of all transactions before `position`, which lies in the file.
  mutating func gtids(before position: BinlogPosition) throws(RunError) -> GTIDSet? {
    while stream.position.file == position.file, stream.position.offset < position.offset {
      guard try next() != nil else { break }
    }
    return gtids
  }

  /// When the file was begun, in seconds since 1970.
  mutating func beginning() throws(RunError) -> UInt32? { try next()?.header.timestamp }

  /// When the file was begun, by the clock that the times of transactions are of, in seconds since 1970: when its first
  /// transaction was committed, where the log says so.
  mutating func beginningOfTransactions() throws(RunError) -> UInt32? {
    guard let first = try next() else { return nil }
    let file = stream.position.file
    while let frame = try next(), stream.position.file == file {
      if beginsTransaction { return chunk.commitTime(frame) ?? first.header.timestamp }
    }
    return first.header.timestamp
  }

  /// Where the first transaction of `time` or later starts; nil if there is none up to the end of the log.
  mutating func firstTransaction(since time: UInt32) throws(RunError) -> (position: BinlogPosition, gtids: GTIDSet?)? {
    while let frame = try next() {
      if beginsTransaction, chunk.transactionTime(frame) >= time { return transactionStart }
    }
    return nil
  }
}
