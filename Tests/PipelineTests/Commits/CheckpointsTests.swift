import BinlogParser
import Pipeline
import Platform
import Testing

/// What tells one server's output from another's.
@Suite struct CheckpointsTests {
  private static let boundary = ResumePoint(
    at: BinlogPosition(file: "binlog.000001", offset: 4), gtids: nil, timestamp: 0, fileCreated: 0)

  private static func server(_ uuid: String?, _ id: UInt32? = 1) -> Checkpoint.Server {
    Checkpoint.Server(uuid: uuid, serverID: id, version: "")
  }

  /// The mark of `server` when the output began with `first`.
  private static func mark(_ server: Checkpoint.Server, after first: Checkpoint.Server) -> String {
    let last = Checkpoints(nil, server: first, after: nil).checkpoint(of: boundary)
    return Checkpoints(nil, server: server, after: last).serverMark
  }

  @Test(arguments: [
    ("c0ffee00-0000", "c0ffee00-0000", ""), ("c0ffee00-0000", "beef0000-1111", "beef0000"),
    ("Dnc1qEze", "tUkjBY/0gTFH=", "tUkjBY0g"), ("a", "../../etc/passwd", "etcpassw"), ("a", "///", "other"),
  ])
  func marksAreNames(_ first: String, _ uuid: String, _ expected: String) {
    #expect(Self.mark(Self.server(uuid), after: Self.server(first)) == expected)
  }

  /// MariaDB 10.11 has no UUID.
  @Test func serversWithoutUUIDAreToldByTheirNumbers() {
    #expect(Self.mark(Self.server(nil, 7), after: Self.server(nil, 7)) == "")
    #expect(Self.mark(Self.server(nil, 8), after: Self.server(nil, 7)) == "id8")
    #expect(!Self.server(nil, 8).isSame(as: Self.server(nil, 7)))
    #expect(Self.server("u", 8).isSame(as: Self.server("u", 7)))
    #expect(!Self.server("u", 7).isSame(as: Self.server(nil, 7)))
  }

  @Test("A MariaDB without network card calls itself unknown, which is no name")
  func unknownServers() {
    let last = Self.server("unknown", 33_111)
    #expect(!last.isSame(as: Self.server("unknown", 33_112)))
    #expect(last.isSame(as: Self.server(nil, 33_111)))
    #expect(Self.mark(Self.server("unknown", 4_294_967_295), after: last) == "id4294967295")
    let kept = Checkpoint(Self.boundary, server: last, firstServer: "unknown", files: [])
    #expect(Checkpoints(nil, server: last, after: kept).serverMark == "")
  }

  /// What the store has kept, from first to last.
  private final class Documents: CheckpointStore, @unchecked Sendable {
    var saved: [Checkpoint] = []
    var isInUse = false
    func load() -> [UInt8]? { nil }
    func check() throws(CheckpointStoreError) { if isInUse { throw .inUse("another run") } }
    func save(_ document: [UInt8]) throws(CheckpointStoreError) {
      do { saved.append(try Checkpoint(decoding: document)) } catch { throw .inUse(error.reason) }
    }
  }

  private static func boundary(_ offset: UInt64) -> ResumePoint {
    ResumePoint(
      at: BinlogPosition(file: "binlog.000001", offset: offset), gtids: nil, timestamp: 0, fileCreated: 0)
  }

  /// Files are announced beside the place before them, wherever that is known from.
  @Test func announcements() throws {
    let store = Documents()
    let first = Checkpoints(store, server: Self.server("a"), after: nil)
    try first.prepare(["x", "y"], start: Self.boundary(100))
    try first.prepare(["z"], start: Self.boundary(100))
    try first.commit([], at: Self.boundary(200))
    try first.prepare(["v"], start: Self.boundary(100))
    #expect(store.saved.map(\.binlogPosition) == [100, 100, 200, 200])
    #expect(store.saved.map(\.unfinished) == [["x", "y"], ["x", "y", "z"], nil, ["v"]])
    #expect(first.checkpoint(of: Self.boundary(200)).unfinished == ["v"])

    let next = Checkpoints(store, server: Self.server("b"), after: store.saved[3])
    try next.prepare(["w"], start: Self.boundary(300))
    #expect(store.saved[4].unfinished == ["v", "w"])
    #expect(store.saved[4].binlogPosition == 200)
    #expect(store.saved[4].server == Self.server("a"))
    try next.commit([], at: Self.boundary(300))
    #expect(store.saved[5].unfinished == nil)
    #expect(store.saved[5].server == Self.server("b"))
  }

  /// A run that was told to begin elsewhere says so before its files appear: they may have the names of files that the
  /// checkpoint which it passes over covers, and nobody may remove those and then go on behind them.
  @Test func announcementsOfARunThatBeginsElsewhere() throws {
    let store = Documents()
    let last = Checkpoints(nil, server: Self.server("a"), after: nil).checkpoint(of: Self.boundary(900))
    let checkpoints = Checkpoints(store, server: Self.server("a"), after: last, goesOn: false)
    try checkpoints.prepare(["x"], start: Self.boundary(100))
    try checkpoints.commit([], at: Self.boundary(200))
    #expect(store.saved.map(\.binlogPosition) == [100, 200])
    #expect(store.saved.map(\.unfinished) == [["x"], nil])
  }

  /// A store that another run has changed is left as it is.
  @Test func nothingIsAnnouncedInAStoreOfAnotherRun() {
    let store = Documents()
    store.isInUse = true
    let checkpoints = Checkpoints(store, server: Self.server("a"), after: nil)
    #expect(throws: PipelineError.self) { try checkpoints.prepare(["x"], start: Self.boundary(100)) }
    #expect(store.saved.isEmpty)
  }

  /// A run that goes on from where one died announces the same names again: what that one still has under way to the store, which
  /// tells documents by their contents, must not find its own words there.
  @Test func announcementsAreNeverInTheSameWords() throws {
    let store = Documents()
    let first = Checkpoints(store, server: Self.server("a"), after: nil)
    try first.commit([], at: Self.boundary(100))
    for _ in 0..<2 {
      try Checkpoints(store, server: Self.server("a"), after: store.saved[0]).prepare(["x"], start: Self.boundary(100))
    }
    #expect(store.saved[1].unfinished == store.saved[2].unfinished)
    #expect(store.saved[1].encoded != store.saved[2].encoded)
  }

  /// Names stay in the list through all runs that die, until a checkpoint covers the part.
  @Test func namesAreKeptUntilTheyAreCovered() throws {
    let store = Documents()
    try Checkpoints(store, server: Self.server("a"), after: nil).prepare(["x", "y"], start: Self.boundary(100))
    let next = Checkpoints(store, server: Self.server("a"), after: store.saved[0])
    #expect(next.takenOver == ["x", "y"])
    try next.prepare(["y", "z"], start: Self.boundary(100))
    #expect(store.saved[1].unfinished == ["x", "y", "z"])
    try next.commit([], at: Self.boundary(200))
    #expect(store.saved[2].unfinished == nil)
  }

  /// A run that takes over writes other words than the one before.
  @Test func claims() throws {
    let checkpoint = Checkpoints(nil, server: Self.server("a"), after: nil).checkpoint(of: Self.boundary(4))
    #expect(checkpoint.encoded == checkpoint.encoded)
    #expect(checkpoint.claimed.encoded != checkpoint.encoded)
    #expect(checkpoint.claimed.encoded != checkpoint.claimed.encoded)
    #expect(checkpoint.claimed.position == checkpoint.position)
  }
}
