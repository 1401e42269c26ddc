import BinlogParser
import Pipeline
import Testing

/// What tells one server's output from another's.
@Suite struct CheckpointsTests {
  private static let boundary = TransactionBoundary(
    position: BinlogPosition(file: "binlog.000001", offset: 4), gtids: nil, timestamp: 0, fileCreated: 0)

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
}
