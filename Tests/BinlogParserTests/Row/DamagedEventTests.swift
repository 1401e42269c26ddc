import BinlogParser
import TestSupport
import Testing

/// Every event of the fixtures with each single bit flipped, and cut at each byte: an error or rows, in bounded time and
/// space. The checksum is put right each time, so that the decoders see the damage.
@Suite(.timeLimit(.minutes(4))) struct DamagedEventTests {
  @Test(arguments: Fixture.readable)
  func flippedBitsNeverBreakADecoder(_ name: String) throws {
    try forEachEvent(of: Fixture(name)) { state, event, followers in
      for damaged in Damage.bitFlips(of: event) { check(state, damaged, followers) }
    }
  }

  @Test(arguments: Fixture.readable)
  func truncationNeverBreaksADecoder(_ name: String) throws {
    try forEachEvent(of: Fixture(name)) { state, event, followers in
      for damaged in Damage.truncations(of: event) { check(state, damaged, followers) }
    }
  }

  @Test(arguments: [UInt64(20_240_131), 3])
  func randomBodiesNeverBreakADecoder(_ seed: UInt64) throws {
    var generator = SeededGenerator(seed: seed)
    let fixture = try Fixture("mysql-9.7-full")
    try forEachEvent(of: fixture) { state, event, followers in
      for _ in 0..<40 {
        let body = generator.bytes(Int.random(in: 0..<200, using: &generator))
        check(state, Array(event.prefix(19)) + body + [0, 0, 0, 0], followers)
      }
    }
  }

  /// Calls `body` with the state before each event, the event, and the rows events that use it if it is a TABLE_MAP.
  private func forEachEvent(
    of fixture: Fixture, _ body: (EventReplay, [UInt8], [[UInt8]]) throws -> Void
  ) throws {
    let events = fixture.events.map { Array(fixture.bytes[$0]) }
    var replay = EventReplay()
    for (index, event) in events.enumerated() {
      let isTableMap = event[4] == EventType.tableMap.rawValue
      let followers = isTableMap ? events[(index + 1)...].prefix { EventType(rawValue: $0[4]) != .tableMap } : []
      try body(replay, event, Array(followers.prefix(1)))
      _ = try? replay.take(event)
    }
  }

  private func check(_ state: EventReplay, _ damaged: [UInt8], _ followers: [[UInt8]]) {
    var replay = state
    var written = 0
    for event in [damaged] + followers {
      let isFormat = event.count > 4 && event[4] == EventType.formatDescription.rawValue
      let sealed = BinlogEvents.sealed(event, checksum: isFormat || replay.stream.format?.checksum == .crc32)
      let start = replay.stream.position.offset
      do throws(BinlogError) {
        written += try replay.take(sealed).reduce(0) { $0 + $1.byteCount }
      } catch {
        checkPlace(error, sealed, at: start)
      }
    }
    if written > 1 << 20 { Issue.record("\(written) bytes of rows from an event of \(damaged.count)") }
  }

  /// An error names the event's type where there is a header, and an offset within the event; what finds the event also
  /// names its place, and the stages that decode it have that from its frame.
  private func checkPlace(_ error: BinlogError, _ event: [UInt8], at start: UInt64) {
    let isPayload = event.count > 4 && event[4] == EventType.transactionPayload.rawValue
    if event.count >= BinlogEvents.headerByteCount, error.eventType == nil, !isPayload {
      Issue.record("no type: \(error)")
    }
    if !error.file.isEmpty, error.file != "binlog.000001" || error.position != start {
      Issue.record("not at \(start): \(error)")
    }
    // An offset in compressed bytes is one in what they stand for, which is longer.
    guard case .decode(let problem) = error.cause, !isPayload, error.eventType?.holdsCompressedRows != true else {
      return
    }
    if problem.offset > event.count { Issue.record("outside of \(event.count) bytes: \(error)") }
  }
}
