import BinlogParser
import Bytes
import MySQLBinlogConnector
import Pipeline
import TestSupport

/// An event of a script.
enum ScriptedEvent: Sendable {
  /// FORMAT_DESCRIPTION of a file that was begun at the time; from the file's start, or sent before a place within it.
  case format(created: UInt32 = 1000, isInFile: Bool = false)
  /// ROTATE that the server makes up to say where the stream goes on.
  case madeUpRotate(String, at: UInt64 = 4)
  /// ROTATE at the end of a file.
  case rotate(String)
  /// GTID of a transaction that may hold statements, or holds rows only.
  case gtid(UInt64, mayHoldStatements: Bool = false)
  case query(String)
  case rows
  case xid
  /// START_ENCRYPTION at whose own place a dump began.
  case startEncryption

  static let begin = ScriptedEvent.query("BEGIN")
  static let rollback = ScriptedEvent.query("ROLLBACK")
  static let uuid: [UInt8] = (1...16).map { $0 }

  /// The event's bytes; `position` is where it starts in its file.
  func bytes(at position: UInt64) -> [UInt8] {
    let (type, body, isMadeUp) = content
    let size = UInt64(BinlogEvents.headerByteCount + body.count)
    let timestamp: UInt32 = if case .format(let created, _) = self { created } else { 1_700_000_000 }
    return BinlogEvents.event(
      type, body, timestamp: timestamp, logPosition: isMadeUp ? 0 : UInt32(position + size), flags: isMadeUp ? 0x20 : 0)
  }

  private var content: (type: UInt8, body: [UInt8], isMadeUp: Bool) {
    switch self {
    case .format(_, let isInFile): (15, BinlogEvents.formatDescription(), !isInFile)
    case .madeUpRotate(let file, let offset): (4, BinlogEvents.littleEndian(offset) + Array(file.utf8), true)
    case .rotate(let file): (4, BinlogEvents.littleEndian(UInt64(4)) + Array(file.utf8), false)
    case .gtid(let number, let mayHoldStatements):
      (33, [mayHoldStatements ? 1 : 0] + Self.uuid + BinlogEvents.littleEndian(number), false)
    case .query(let text): (2, [UInt8](repeating: 0, count: 13) + [0] + Array(text.utf8), false)
    case .rows: (23, [1, 0, 0, 0, 0, 0, 1, 0], false)
    case .xid: (16, [UInt8](repeating: 0, count: 8), false)
    case .startEncryption: (164, [1] + [UInt8](repeating: 0, count: 16), true)
    }
  }
}

/// A state whose events come from a script, in place of a server or a file.
struct ScriptedSession {
  private(set) var state: SessionState
  private(set) var stream: EventFramer
  private let chunk = EventChunk(file: "")

  static let file = "binlog.000001"
  static let start = ResumePoint(at: BinlogPosition(file: file, offset: 1000), gtids: nil)

  /// A stream of `source` from `start` on, in `range`, up to `stop` and `timeStop`.
  init(
    _ source: SessionState.Source = .server, from start: ResumePoint = ScriptedSession.start, to offset: UInt64? = nil,
    stop: StopCondition = StopCondition(), timeStop: TimeStop? = nil, incomplete: [BinlogPosition] = []
  ) {
    let range = BinlogRange(from: start.position, toFile: offset == nil ? nil : Self.file, toOffset: offset)
    state = SessionState(from: start, SessionState.Scope(source, range, stop, timeStop), incomplete: incomplete)
    stream = EventFramer(at: start.position, checksum: .none)
  }

  /// Lets the state decide about the next event.
  mutating func accept(_ event: ScriptedEvent) throws -> EventDecision {
    let file = stream.position.file
    let bytes = event.bytes(at: stream.position.offset)
    let offset = chunk.bytes.count
    chunk.bytes.append(contentsOf: bytes)
    let frame = try chunk.frame(at: offset, count: bytes.count, &stream)
    return try state.accept(frame, of: file, in: chunk, stream)
  }

  /// Lets the state decide about `events`; returns a letter for the fate of each, and how the stream goes on behind the last.
  ///
  /// d: delivered, B: with a boundary behind it, R: with a rollback, -: dropped, f: forgotten.
  mutating func run(_ events: [ScriptedEvent]) throws -> (fates: String, next: EventSequel) {
    var fates = ""
    var next = EventSequel.proceed
    for event in events {
      guard next == .proceed else { break }
      let decision = try accept(event)
      fates += Self.letter(decision.fate)
      next = decision.next
    }
    return (fates, next)
  }

  private static func letter(_ fate: EventFate) -> String {
    switch fate {
    case .deliver: "d"
    case .deliverBoundary: "B"
    case .deliverRollback: "R"
    case .drop: "-"
    case .forget: "f"
    }
  }

  /// Hands everything received to the pipeline.
  mutating func hand() { state.handed(upTo: state.reached) }

  /// Loses the connection, and takes the stream up again where the state says.
  mutating func reconnect() {
    state.dropOpenTransaction()
    state.resumed()
    stream = EventFramer(at: state.nextStart.position, checksum: .none)
  }
}
