import Bytes

/// The connection phase: takes the server's packets and says what to do next; does no input or output.
///
/// greeting → (SSLRequest → TLS) → HandshakeResponse41 → authentication, with as many packets as its plugin wants → OK.
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_connection_phase.html>.
package struct LoginStateMachine {
  /// What to do after a packet of the server.
  package enum Action: Equatable {
    /// Send this payload, then wait for the next packet.
    case send([UInt8])
    /// Send this payload (SSLRequest), do the TLS handshake, then call `tlsStarted`.
    case startTLS([UInt8])
    /// Wait for the next packet.
    case wait
    /// The login is complete; this was the server's greeting.
    case finished(HandshakeV10)
  }

  private enum State {
    case greeting
    case startingTLS(HandshakeV10)
    case authenticating(HandshakeV10, AuthExchange)
    case finished
  }

  private let options: ConnectionOptions
  private var state = State.greeting
  private var capabilities = Capabilities()
  private var isEncrypted = false

  /// A login with the user, password, database and TLS mode of `options`.
  package init(_ options: ConnectionOptions) { self.options = options }

  /// Takes the server's next payload.
  package mutating func receive(_ payload: RawSpan) throws(WireFailure) -> Action {
    guard payload.byteCount > 0 else {
      throw .malformed(packet: "login packet", DecodeError(.truncated, at: 0, "header"))
    }
    if payload[byteAt: 0] == ERRPacket.header {
      throw .server(try WireFailure.naming("ERR packet") { () throws(DecodeError) in try ERRPacket(payload) })
    }
    switch state {
    case .greeting: return try receiveGreeting(payload)
    case .authenticating(let greeting, let exchange): return try receiveAuthentication(payload, greeting, exchange)
    case .startingTLS, .finished: throw .unexpectedPacket(firstByte: payload[byteAt: 0])
    }
  }

  /// Goes on after the TLS handshake: the payload to send.
  package mutating func tlsStarted() throws(WireFailure) -> Action {
    guard case .startingTLS(let greeting) = state else { throw .notReady }
    isEncrypted = true
    return try respond(to: greeting)
  }

  // MARK: Greeting

  private mutating func receiveGreeting(_ payload: RawSpan) throws(WireFailure) -> Action {
    let version = payload[byteAt: 0]
    guard version == HandshakeV10.version else { throw .unsupportedServer("protocol version \(version)") }
    let greeting = try WireFailure.naming("HandshakeV10") { () throws(DecodeError) in try HandshakeV10(payload) }
    guard greeting.capabilities.isSuperset(of: [.protocol41, .secureConnection]) else {
      throw .unsupportedServer("version \(greeting.displayVersion), which is older than 4.1")
    }
    capabilities = Capabilities.client.intersection(greeting.capabilities).union(.longPassword)
    if options.database != nil { capabilities.insert(.connectWithDatabase) }
    guard try wantsTLS(greeting) else { return try respond(to: greeting) }
    capabilities.insert(.ssl)
    state = .startingTLS(greeting)
    return .startTLS(payloadBytes { SSLRequest(capabilities: capabilities).encode(into: &$0) })
  }

  private func wantsTLS(_ greeting: HandshakeV10) throws(WireFailure) -> Bool {
    if options.tls.mode == .disabled { return false }
    if greeting.capabilities.contains(.ssl) { return true }
    guard options.tls.mode == .preferred else { throw .tlsNotOffered }
    options.notice(.tlsNotOffered)
    return false
  }

  /// An account may use another plugin than the server's default, which we may not know: the server switches then.
  private mutating func respond(to greeting: HandshakeV10) throws(WireFailure) -> Action {
    let plugin = greeting.pluginName.flatMap(AuthPlugin.init) ?? .nativePassword
    var exchange = try AuthExchange(
      plugin, password: options.password, nonce: greeting.nonce, isEncrypted: isEncrypted)
    let response = try HandshakeResponse41(
      capabilities: capabilities, user: options.user, authResponse: exchange.firstResponse(),
      database: options.database, pluginName: plugin.rawValue, attributes: Self.attributes)
    state = .authenticating(greeting, exchange)
    return .send(payloadBytes { response.encode(into: &$0) })
  }

  private static let attributes = [
    (name: "_client_name", value: "mysql-binlog-connector"),
    (name: "program_name", value: "mysql-binlog-connector"),
  ]

  // MARK: Authentication

  private mutating func receiveAuthentication(
    _ payload: RawSpan, _ greeting: HandshakeV10, _ exchange: AuthExchange
  ) throws(WireFailure) -> Action {
    switch payload[byteAt: 0] {
    case OKPacket.header:
      _ = try WireFailure.naming("OK packet") { () throws(DecodeError) in try OKPacket(payload) }
      state = .finished
      return .finished(greeting)
    case AuthMoreData.header:
      let more = try WireFailure.naming("AuthMoreData") { () throws(DecodeError) in try AuthMoreData(payload) }
      return try continueExchange(greeting, exchange, more)
    case AuthSwitchRequest.header:
      let request = try WireFailure.naming("AuthSwitchRequest") { () throws(DecodeError) in
        try AuthSwitchRequest(payload)
      }
      return try switchPlugin(greeting, request)
    case let byte: throw .unexpectedPacket(firstByte: byte)
    }
  }

  private mutating func continueExchange(
    _ greeting: HandshakeV10, _ exchange: AuthExchange, _ more: AuthMoreData
  ) throws(WireFailure) -> Action {
    var exchange = exchange
    if exchange.awaitsPublicKey { options.notice(.unverifiedKey) }
    let step = try exchange.receive(more)
    state = .authenticating(greeting, exchange)
    return switch step {
    case .send(let bytes): .send(bytes)
    case .wait: .wait
    }
  }

  private mutating func switchPlugin(
    _ greeting: HandshakeV10, _ request: AuthSwitchRequest
  ) throws(WireFailure) -> Action {
    if request.pluginName == "mysql_clear_password" || request.pluginName == "dialog" { throw .clearPasswordRefused }
    guard let plugin = AuthPlugin(rawValue: request.pluginName) else { throw .unsupportedPlugin(request.pluginName) }
    var exchange = try AuthExchange(
      plugin, password: options.password, nonce: request.nonce, isEncrypted: isEncrypted)
    let response = exchange.firstResponse()
    state = .authenticating(greeting, exchange)
    return .send(response)
  }

  private func payloadBytes(_ encode: (inout OutputBuffer) -> Void) -> [UInt8] {
    var output = OutputBuffer()
    encode(&output)
    return output.array
  }
}
