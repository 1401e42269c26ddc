import Bytes

/// Commands and their responses over one connection, packet by packet; also carries the packets of the login.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_command_phase.html>.
struct CommandPhase: ~Copyable {
  let transport: Transport
  private var reader: PacketReader<Transport>
  /// Holds one packet at a time, other than events.
  private var packet = OutputBuffer()
  private var outgoing = OutputBuffer()

  init(_ transport: Transport) {
    self.transport = transport
    reader = PacketReader(transport)
  }

  // MARK: Login

  /// Hands the next packet to `login`; returns what it wants done.
  mutating func receive(for login: inout LoginStateMachine) throws(WireFailure) -> LoginStateMachine.Action {
    try readPacket(limit: Limits.loginPacket)
    return try login.receive(packet.bytes)
  }

  /// Sends `payload` as the next packet of the login.
  mutating func reply(_ payload: [UInt8]) throws(WireFailure) {
    try send { $0.append(contentsOf: payload) }
  }

  /// Does the TLS handshake. What has come in clear before it would be taken for protected, so there must be nothing.
  func startTLS(_ options: TLSOptions, host: String) throws(WireFailure) {
    guard reader.isEmpty else { throw .tlsFailed("the server sent data in clear before the handshake") }
    try transport.startTLS(options, host: host)
  }

  // MARK: Commands

  /// Sends a command, which begins a new sequence of packets, and does not wait.
  mutating func start(_ encode: (inout OutputBuffer) -> Void) throws(WireFailure) {
    reader.nextSequence = 0
    try send(encode)
  }

  /// Sends a command and takes its OK.
  mutating func run(_ encode: (inout OutputBuffer) -> Void) throws(WireFailure) {
    try start(encode)
    try readPacket(limit: Limits.loginPacket)
    guard packet.count > 0, packet.bytes[byteAt: 0] == OKPacket.header else { throw refusal() }
    _ = try WireFailure.naming("OK packet") { () throws(DecodeError) in try OKPacket(packet.bytes) }
  }

  /// Runs a statement.
  mutating func query(_ statement: String) throws(WireFailure) -> ResultSet {
    try start { ComQuery(statement).encode(into: &$0) }
    var decoder = ResultSetDecoder()
    while true {
      try readPacket(limit: Limits.queryResult)
      if let result = try decoder.receive(packet.bytes) { return result }
    }
  }

  // MARK: Binlog dump

  /// Appends the next event of a dump to `output`; returns its size, or nil at the end of the log.
  mutating func readEvent(into output: inout OutputBuffer, limit: Int) throws(WireFailure) -> Int? {
    if let count = try reader.readEvent(into: &output, limit: limit) { return count }
    try readPacket(limit: Limits.loginPacket)
    guard EOFPacket.matches(packet.bytes) else { throw refusal() }
    return nil
  }

  /// True if a whole packet can be had without waiting.
  mutating func hasCompletePacket() -> Bool { reader.hasCompletePacket() }

  // MARK: Packets

  private mutating func send(_ encode: (inout OutputBuffer) -> Void) throws(WireFailure) {
    var payload = OutputBuffer()
    encode(&payload)
    outgoing.removeAll(shrinkingTo: 1 << 16)
    PacketWriter.append(payload.bytes, sequence: &reader.nextSequence, to: &outgoing)
    try transport.send(outgoing.bytes)
  }

  private mutating func readPacket(limit: Int) throws(WireFailure) {
    packet.removeAll(shrinkingTo: 1 << 16)
    _ = try reader.readPacket(into: &packet, limit: limit)
  }

  /// The error that the packet is, or that it is none where one was due.
  private func refusal() -> WireFailure {
    guard packet.count > 0 else {
      return .malformed(packet: "response", DecodeError(.truncated, at: 0, "header"))
    }
    if packet.bytes[byteAt: 0] == ResultSetDecoder.localInfileRequest { return .localInfileRefused }
    guard packet.bytes[byteAt: 0] == ERRPacket.header else {
      return .unexpectedPacket(firstByte: packet.bytes[byteAt: 0])
    }
    do throws(DecodeError) { return .server(try ERRPacket(packet.bytes)) } catch {
      return .malformed(packet: "ERR packet", error)
    }
  }
}
