import Bytes
import MySQLWire

/// The client's side of a connection, up to the first packet that it does not take.
struct Conversation: ~Copyable {
  private var reader: PacketReader<ServerBytes>
  private var packet = OutputBuffer()
  private static let limit = 1 << 16

  /// Reads what `source` has, through a receive buffer of `capacity` bytes.
  init(_ source: ServerBytes, capacity: Int) {
    reader = PacketReader(source, capacity: capacity)
  }

  /// Logs in as an account with `password`.
  mutating func logIn(password: String, _ mode: TLSMode) throws(WireFailure) {
    let options = ConnectionOptions(
      host: "server", user: "user", password: Secret(password), database: "shop", tls: TLSOptions(mode: mode))
    var login = LoginStateMachine(options)
    while true {
      switch try login.receive(try read()) {
      case .finished: return
      case .startTLS:
        guard reader.isEmpty else { throw .tlsFailed("data in clear") }
        _ = try login.tlsStarted()
      case .send, .wait: break
      }
    }
  }

  /// Takes the response to a statement.
  mutating func query() throws(WireFailure) {
    var decoder = ResultSetDecoder()
    while true {
      guard let result = try decoder.receive(try read()) else { continue }
      precondition(result.rows.allSatisfy { $0.count == result.columns.count }, "a row of another width")
      _ = result.first("File")
      return
    }
  }

  /// Takes events until the log ends.
  mutating func dump() throws(WireFailure) {
    var events = OutputBuffer()
    while true {
      _ = reader.hasCompletePacket()
      let before = events.count
      guard let count = try reader.readEvent(into: &events, limit: Self.limit) else { break }
      precondition(events.count - before == count, "an event of another size")
    }
    let end = try read()
    guard end.byteCount > 0, end[byteAt: 0] == ERRPacket.header else {
      _ = try? EOFPacket(end)
      return
    }
    guard let refusal = try? ERRPacket(end) else { return }
    precondition(!refusal.description.utf8.contains(0x1B), "a control character")
  }

  @_lifetime(&self)
  private mutating func read() throws(WireFailure) -> RawSpan {
    packet.removeAll()
    let count = try reader.readPacket(into: &packet, limit: Self.limit)
    precondition(packet.count == count, "a packet of another size")
    return packet.bytes
  }
}
