import Bytes
import Crypto
import MySQLWire
import Synchronization
import Testing
import _CryptoExtras

@Suite struct LoginStateMachineTests {
  static let ok: [UInt8] = [0, 0, 0, 2, 0, 0, 0]
  static let nonce = Array(UInt8(1)...20)

  static func options(_ mode: TLSMode = .disabled, user: String = "u", password: String = "pw") -> ConnectionOptions {
    ConnectionOptions(host: "h", user: user, password: Secret(password), tls: TLSOptions(mode: mode))
  }

  static func greeting(plugin: String? = "caching_sha2_password", capabilities: Capabilities = .all) -> [UInt8] {
    let flags = capabilities.rawValue
    let middle: [UInt8] = [8, 2, 0, UInt8(truncatingIfNeeded: flags >> 16), UInt8(truncatingIfNeeded: flags >> 24), 21]
    return [10] + Array("9.7.0\0".utf8) + [1, 0, 0, 0] + Array(nonce.prefix(8)) + [0]
      + [UInt8(truncatingIfNeeded: flags), UInt8(truncatingIfNeeded: flags >> 8)] + middle
      + Array(repeating: 0, count: 10) + Array(nonce.suffix(12)) + [0] + Array("\(plugin ?? "")\0".utf8)
  }

  static func authSwitch(_ plugin: String) -> [UInt8] { [0xFE] + Array("\(plugin)\0".utf8) + nonce + [0] }

  /// A login that has answered the greeting, under TLS if `encrypted`.
  static func started(
    _ plugin: String, encrypted: Bool = false, password: String = "pw"
  ) throws -> (LoginStateMachine, [UInt8]) {
    var login = LoginStateMachine(options(encrypted ? .required : .disabled, password: password))
    var action = try login.receive(greeting(plugin: plugin).span.bytes)
    if encrypted {
      guard case .startTLS(let request) = action else { throw WireFailure.notReady }
      #expect(request.count == 32)
      action = try login.tlsStarted()
    }
    guard case .send(let response) = action else { throw WireFailure.notReady }
    return (login, response)
  }

  static func contains(_ haystack: [UInt8], _ needle: [UInt8]) -> Bool {
    haystack.indices.contains { haystack[$0...].starts(with: needle) }
  }

  // MARK: Plugins

  @Test func cachingSHA2FastPath() throws {
    var (login, response) = try Self.started("caching_sha2_password")
    #expect(Self.contains(response, CachingSHA2Password.scramble(Secret("pw"), nonce: Self.nonce)))
    #expect(try login.receive([1, 3]) == .wait)
    guard case .finished(let greeting) = try login.receive(Self.ok.span.bytes) else { throw WireFailure.notReady }
    #expect(greeting.serverVersion == "9.7.0")
  }

  @Test func cachingSHA2FullUnderTLS() throws {
    var (login, _) = try Self.started("caching_sha2_password", encrypted: true)
    #expect(try login.receive([1, 4]) == .send(Array("pw\0".utf8)))
  }

  /// The key and its private half are made here; what is sent decrypts to the masked password.
  @Test(
    arguments: ["caching_sha2_password", "sha256_password"],
    ["a password", String(repeating: "long-pässword-", count: 10)])
  func fullWithRSA(plugin: String, password: String) throws {
    let key = try _RSA.Encryption.PrivateKey(keySize: .bits2048)
    var (login, response) = try Self.started(plugin, password: password)
    if plugin == "caching_sha2_password" {
      #expect(try login.receive([1, 4]) == .send([2]))
    } else {
      #expect(Self.contains(response, [1, 1] + Array("sha256_password".utf8)))
    }
    let answer = try login.receive(([1] + Array(key.publicKey.pemRepresentation.utf8)).span.bytes)
    guard case .send(let sent) = answer else { throw WireFailure.notReady }
    let clear = try key.decrypt(sent, padding: .PKCS1_OAEP)
    #expect(Array(clear) == PasswordEncryption.masked(Secret(password), nonce: Self.nonce))
    #expect(!Self.contains(response + sent, Array(password.utf8)))
  }

  @Test func passwordTooLongForTheKey() throws {
    let key = try _RSA.Encryption.PrivateKey(keySize: .bits2048)
    var (login, _) = try Self.started("caching_sha2_password", password: String(repeating: "x", count: 300))
    _ = try login.receive([1, 4])
    let pem = [1] + Array(key.publicKey.pemRepresentation.utf8)
    #expect(throws: WireFailure.passwordEncryption("it is too long for the server's RSA key")) {
      try login.receive(pem.span.bytes)
    }
  }

  @Test(arguments: ["mysql_native_password", "caching_sha2_password", "sha256_password"])
  func switching(plugin: String) throws {
    let other = plugin == "mysql_native_password" ? "caching_sha2_password" : "mysql_native_password"
    var (login, _) = try Self.started(other)
    guard case .send(let response) = try login.receive(Self.authSwitch(plugin).span.bytes) else {
      throw WireFailure.notReady
    }
    switch plugin {
    case "mysql_native_password": #expect(response == NativePassword.scramble(Secret("pw"), nonce: Self.nonce))
    case "caching_sha2_password": #expect(response == CachingSHA2Password.scramble(Secret("pw"), nonce: Self.nonce))
    default: #expect(response == [1])
    }
  }

  @Test(arguments: ["mysql_native_password", "caching_sha2_password", "sha256_password"], [false, true])
  func emptyPassword(plugin: String, encrypted: Bool) throws {
    var (login, _) = try Self.started(plugin, encrypted: encrypted, password: "")
    guard case .send(let response) = try login.receive(Self.authSwitch(plugin).span.bytes) else {
      throw WireFailure.notReady
    }
    #expect(response == (plugin == "mysql_native_password" ? [] : [0]))
  }

  @Test(arguments: ["client_ed25519", "parsec", "auth_gssapi_client", "mysql_old_password"])
  func unsupportedPlugins(plugin: String) throws {
    var (login, _) = try Self.started("mysql_native_password")
    #expect(throws: WireFailure.unsupportedPlugin(plugin)) { try login.receive(Self.authSwitch(plugin).span.bytes) }
  }

  /// Under TLS too: nothing says that the other side is the server.
  @Test(arguments: ["mysql_clear_password", "dialog"], [false, true])
  func clearPasswordIsRefused(plugin: String, encrypted: Bool) throws {
    var (login, _) = try Self.started("caching_sha2_password", encrypted: encrypted)
    #expect(throws: WireFailure.clearPasswordRefused) { try login.receive(Self.authSwitch(plugin).span.bytes) }
  }

  /// Whatever the server asks for, the password never leaves in clear without TLS.
  @Test func passwordNeverInClear() {
    let seed = UInt64.random(in: .min ... .max)
    var random = SeededGenerator(state: seed)
    let password = "a-password-that-shows"
    let packets =
      AuthPlugin.allCases.map { Self.authSwitch($0.rawValue) } + [
        [1, 3], [1, 4], [1, 2], [1], [1, 4, 4], [2], Self.ok,
      ]
    for _ in 0..<500 {
      var login = LoginStateMachine(Self.options(password: password))
      var sent: [UInt8] = []
      do throws(WireFailure) {
        let plugin = AuthPlugin.allCases.randomElement(using: &random)?.rawValue
        var packet = Self.greeting(plugin: plugin)
        for _ in 0..<8 {
          if case .send(let payload) = try login.receive(packet.span.bytes) { sent += payload }
          packet = packets.randomElement(using: &random) ?? []
        }
      } catch {}
      #expect(!Self.contains(sent, Array(password.utf8)), "seed \(seed)")
    }
  }

  // MARK: Greeting

  @Test func unknownDefaultPluginWaitsForTheSwitch() throws {
    let (_, response) = try Self.started("unix_socket")
    #expect(Self.contains(response, Array("mysql_native_password\0".utf8)))
  }

  @Test func oldServers() throws {
    var login = LoginStateMachine(Self.options())
    let old = Self.greeting(plugin: nil, capabilities: [.protocol41, .secureConnection])
    guard case .send(let response) = try login.receive(old.span.bytes) else { throw WireFailure.notReady }
    #expect(response.suffix(21) == [20] + NativePassword.scramble(Secret("pw"), nonce: Self.nonce))
    var ancient = LoginStateMachine(Self.options())
    #expect(throws: WireFailure.self) { try ancient.receive(Self.greeting(capabilities: []).span.bytes) }
    var nine = LoginStateMachine(Self.options())
    #expect(throws: WireFailure.unsupportedServer("protocol version 9")) { try nine.receive([9, 0]) }
  }

  @Test func shortNonceIsRefused() throws {
    var (login, _) = try Self.started("caching_sha2_password")
    let packet = [0xFE] + Array("mysql_native_password\0short\0".utf8)
    #expect(throws: WireFailure.self) { try login.receive(packet.span.bytes) }
  }

  @Test(arguments: [TLSMode.required, .verifyCA, .verifyIdentity])
  func tlsIsNotOffered(mode: TLSMode) {
    var login = LoginStateMachine(Self.options(mode))
    let plain = Self.greeting(capabilities: .all.subtracting(.ssl))
    #expect(throws: WireFailure.tlsNotOffered) { try login.receive(plain.span.bytes) }
  }

  @Test func preferredGoesOnWithoutTLSAndSaysSo() throws {
    let notices = Mutex<[ConnectionNotice]>([])
    var options = Self.options(.preferred)
    options.notice = { notice in notices.withLock { $0.append(notice) } }
    var login = LoginStateMachine(options)
    let plain = Self.greeting(capabilities: .all.subtracting(.ssl))
    guard case .send = try login.receive(plain.span.bytes) else { throw WireFailure.notReady }
    #expect(notices.withLock { $0 } == [.tlsNotOffered])
    #expect(ConnectionNotice.tlsNotOffered.isWarning)
  }

  /// Without TLS nothing proves whose key it is under which the password goes.
  @Test(arguments: [
    (TLSMode.preferred, [ConnectionNotice.tlsNotOffered, .unverifiedKey]), (.disabled, [.unverifiedKey]),
  ])
  func thePasswordUnderAKeyIsAWarning(mode: TLSMode, expected: [ConnectionNotice]) throws {
    let notices = Mutex<[ConnectionNotice]>([])
    var options = Self.options(mode)
    options.notice = { notice in notices.withLock { $0.append(notice) } }
    var login = LoginStateMachine(options)
    _ = try login.receive(Self.greeting(capabilities: .all.subtracting(.ssl)).span.bytes)
    #expect(try login.receive([1, 4]) == .send([2]))
    let key = try _RSA.Encryption.PrivateKey(keySize: .bits2048).publicKey.pemRepresentation
    guard case .send = try login.receive(([1] + Array(key.utf8)).span.bytes) else { throw WireFailure.notReady }
    #expect(notices.withLock { $0 } == expected)
    #expect(ConnectionNotice.unverifiedKey.isWarning)
  }

  // MARK: Errors

  @Test func refusals() throws {
    let denied = [0xFF, 0x15, 0x04] + Array("#28000Access denied".utf8)
    let packet = ERRPacket(code: 1045, sqlState: "28000", message: "Access denied")
    var early = LoginStateMachine(Self.options())
    #expect(throws: WireFailure.server(packet)) { try early.receive(denied.span.bytes) }
    var (login, _) = try Self.started("caching_sha2_password")
    #expect(throws: WireFailure.server(packet)) { try login.receive(denied.span.bytes) }
  }

  @Test func brokenPackets() {
    for packet in [Self.greeting(), Self.authSwitch("caching_sha2_password"), [1, 4], Self.ok] {
      torture(packet) { payload in
        var fresh = LoginStateMachine(Self.options())
        _ = try? fresh.receive(payload)
        var (login, _) = try Self.started("caching_sha2_password")
        _ = try login.receive(payload)
      }
    }
  }
}

extension Capabilities {
  static let all: Capabilities = .client.union([.ssl, .connectWithDatabase])
}

extension LoginStateMachine {
  mutating func receive(_ payload: [UInt8]) throws(WireFailure) -> Action { try receive(payload.span.bytes) }
}
