import BinlogParser
import Testing

/// The numbers that order all rows.
@Suite struct RowSequenceTests {
  /// An event with rows.
  struct Event {
    let file: String
    let end: UInt64
    let rows: Int
    let first: Int64
  }

  /// The first number of `file`'s event that ends at `offset`, where nothing came before.
  private static func base(_ file: Int64, _ offset: Int64) -> Int64 { file << 40 | offset }

  static let streams: [(last: Int64, events: [Event])] = [
    // Over events and files.
    (
      0,
      [
        Event(file: "binlog.000001", end: 500, rows: 3, first: base(1, 500)),
        Event(file: "binlog.000001", end: 900, rows: 1, first: base(1, 900)),
        Event(file: "binlog.000002", end: 300, rows: 1, first: base(2, 300)),
      ]
    ),
    // Of a compressed transaction all rows have one place.
    (
      0,
      [
        Event(file: "b.7", end: 500, rows: 1000, first: base(7, 500)),
        Event(file: "b.7", end: 500, rows: 10, first: base(7, 1500)),
        Event(file: "b.7", end: 1505, rows: 1, first: base(7, 1510)),
        Event(file: "b.7", end: 1600, rows: 1, first: base(7, 1600)),
      ]
    ),
    // After a failover file numbers may go back.
    (base(90, 12), [Event(file: "other.000003", end: 4000, rows: 2, first: base(90, 13))]),
    // Files and offsets that do not fit, and a file without a number.
    (5, [Event(file: "b.8388608", end: 500, rows: 1, first: 6)]),
    (5, [Event(file: "b.8388607", end: 1 << 40, rows: 1, first: 6)]),
    (5, [Event(file: "b.8388607", end: 1 << 40 - 1, rows: 1, first: Int64.max)]),
    (0, [Event(file: "log", end: 500, rows: 2, first: 1), Event(file: "log", end: 600, rows: 1, first: 3)]),
    // An event without rows takes no number.
    (3, [Event(file: "log", end: 500, rows: 0, first: 4), Event(file: "log", end: 600, rows: 1, first: 4)]),
    // What no run has written.
    (-7, [Event(file: "log", end: 500, rows: 1, first: 1)]),
  ]

  @Test("Numbers rise over events, files and failovers", arguments: streams)
  func numbers(last: Int64, events: [Event]) {
    var sequence = RowSequence(last: last)
    for event in events {
      sequence.enter(event.file)
      #expect(sequence.first(at: event.end) == event.first)
      sequence.pass(event.rows, at: event.end)
      if event.rows > 0 { #expect(sequence.last == event.first &+ Int64(event.rows) &- 1) }
    }
  }

  @Test("Behind the largest number there is none: rows go on with it, and nothing traps")
  func end() {
    var sequence = RowSequence(last: .max)
    sequence.enter("binlog.000001")
    #expect(sequence.first(at: 4) == .max)
    sequence.pass(2, at: 4)
    #expect(sequence.last == .max)
  }

  @Test("A run that begins behind a place again numbers as the one before", arguments: 0..<5)
  func replay(_ kept: Int) {
    let events: [(end: UInt64, rows: Int)] = [(300, 2), (300, 400), (500, 1), (600, 7), (900, 1)]
    var whole = RowSequence()
    whole.enter("b.000004")
    var numbers: [Int64] = []
    var lasts: [Int64] = []
    for event in events {
      lasts.append(whole.last)
      numbers.append(whole.first(at: event.end))
      whole.pass(event.rows, at: event.end)
    }
    var again = RowSequence(last: lasts[kept])
    again.enter("b.000004")
    for (event, number) in zip(events, numbers).dropFirst(kept) {
      #expect(again.first(at: event.end) == number)
      again.pass(event.rows, at: event.end)
    }
  }
}
