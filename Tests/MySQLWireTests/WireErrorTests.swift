import MySQLWire
import Platform
import Testing

@Suite struct WireErrorTests {
  static func error(_ activity: WireError.Activity, _ cause: WireFailure) -> WireError {
    WireError(activity, host: "db", port: 3306, user: "repl", cause)
  }

  static func refusal(_ code: UInt16, _ message: String = "text") -> WireFailure {
    .server(ERRPacket(code: code, sqlState: "HY000", message: message))
  }

  static let dumping = WireError.Activity.dump(.position(file: "b.000001", offset: 4))

  @Test func descriptions() {
    #expect(
      Self.error(.login, Self.refusal(1045, "Access denied")).description
        == "cannot log in to db:3306 as 'repl': ERROR 1045 (HY000): Access denied")
    #expect(
      Self.error(Self.dumping, .closedByPeer).description
        == "binlog dump from db:3306, begun at b.000001:4: the server closed the connection")
    let v6 = WireError(.connect, host: "::1", port: 1, user: "", .timedOut(seconds: 3))
    #expect(v6.description == "cannot connect to [::1]:1: no complete answer for 3 s")
    let long = Self.error(.query(String(repeating: "x", count: 500)), .interrupted)
    #expect(long.description.count < 150)
  }

  @Test(arguments: [
    (WireError.Activity.login, refusal(1045), WireError.Category.loginRefused, "password"),
    (.registerReplica, refusal(1045), .loginRefused, "GRANT REPLICATION SLAVE"),
    (dumping, refusal(1227), .loginRefused, "GRANT REPLICATION SLAVE"),
    (.login, refusal(1130), .loginRefused, "CREATE USER"),
    (.login, refusal(3159), .loginRefused, "ssl_mode"),
    (.login, refusal(1251), .loginRefused, "caching_sha2_password"),
    (.query("SELECT 1"), refusal(1820), .loginRefused, "ALTER USER"),
    (.login, refusal(1040), .unreachable, "max_connections"),
    (
      dumping, refusal(1236, "Could not find first log file name in binary log index file"), .serverData,
      "SHOW BINARY LOGS"
    ),
    (
      dumping, refusal(1236, "Client requested source to start replication from position > file size"), .serverData,
      "sizes"
    ),
    (
      dumping, refusal(1236, "Client requested master to start replication from impossible position"), .serverData,
      "sizes"
    ),
    (dumping, refusal(1236, "Replica can not handle replication events with the checksum"), .serverData, "checksum"),
    (
      dumping, refusal(1236, "A replica with the same server_uuid/server_id as this replica has connected"),
      .configuration,
      "server_id"
    ),
    (
      dumping, refusal(1236, "Cannot replicate anonymous transaction when @@GLOBAL.GTID_MODE = ON"), .serverData,
      "ON_PERMISSIVE"
    ),
    (
      dumping, refusal(1236, "Cannot replicate GTID-transaction when @@GLOBAL.GTID_MODE = OFF"), .serverData,
      "ON_PERMISSIVE"
    ),
    (
      dumping,
      refusal(1236, "Error: connecting slave requested to start from GTID 0-1-9, which is not in the master's binlog"),
      .serverData, "log_slave_updates"
    ),
    (dumping, refusal(1236, "bogus data in log event"), .serverData, "beginning of an event"),
    (.connect, .system(SystemError("connect", "127.0.0.1", code: 111)), .unreachable, ""),
    (.resolve, .unknownHost("Name or service not known"), .unreachable, "spelling"),
    (.connect, .timedOut(seconds: 1), .unreachable, "connect_timeout_seconds"),
    (dumping, .timedOut(seconds: 1), .unreachable, "read_timeout_seconds"),
    (dumping, .closedByPeer, .unreachable, "error log"),
    (dumping, .dumpEnded, .unreachable, "error log"),
    (
      .connect,
      .otherServer(
        found: ServerIdentity(uuid: "unknown", serverID: 2), expected: ServerIdentity(uuid: nil, serverID: 1)),
      .unreachable, "one server"
    ),
    (dumping, refusal(4052, "A slave with the same server_id is already connected"), .configuration, "server_id"),
    (.tls, .tlsFailed("x"), .loginRefused, "TLS 1.2"),
    (.tls, .certificateRejected(.wrongHost("db")), .loginRefused, "verify_ca"),
    (.tls, .certificateRejected(.notTrusted(caFile: nil)), .loginRefused, "ssl_ca"),
    (.tls, .tlsConfiguration("x"), .configuration, "ssl_ca"),
    (.login, .unsupportedPlugin("parsec"), .loginRefused, "caching_sha2_password"),
    (dumping, .positionTooLarge(1 << 33), .configuration, "earlier position"),
    (.login, .outOfSequence(expected: 0, got: 80), .protocolViolation, "host and port"),
    (dumping, .interrupted, .interrupted, ""),
  ])
  func categoryAndHint(activity: WireError.Activity, cause: WireFailure, category: WireError.Category, hint: String) {
    let error = Self.error(activity, cause)
    #expect(error.category == category)
    #expect(hint.isEmpty || error.hint?.contains(hint) == true)
    #expect(!error.description.isEmpty)
  }

  @Test func secretsStayHidden() throws {
    let secret = Secret("s3cr3t-word")
    let options = ConnectionOptions(host: "127.0.0.1", port: 1, user: "u", password: secret, connectTimeoutSeconds: 1)
    var dumped = ""
    Swift.dump(options, to: &dumped)
    let error = #expect(throws: WireError.self) { _ = try Connection(options) }
    let texts = ["\(secret)", secret.debugDescription, String(reflecting: options), "\(options)", dumped]
    for text in texts + ["\(String(describing: error)) \(String(reflecting: error))"] {
      #expect(!text.contains("s3cr3t-word"))
      #expect(!text.contains("115, 51, 99"))
    }
  }

  @Test(arguments: [
    (WireError.Activity.tls, WireFailure.tlsFailed("bad record"), true), (.login, .tlsFailed("bad record"), true),
    (.tls, .certificateRejected(.expired), false), (.login, .outOfSequence(expected: 2, got: 3), true),
    (.login, .unexpectedPacket(firstByte: 0x42), true), (.login, refusal(1045), false),
    (.login, .localInfileRefused, false),
    (dumping, .closedByPeer, false),
  ])
  func whatMayBeDamage(activity: WireError.Activity, cause: WireFailure, mayBe: Bool) {
    #expect(Self.error(activity, cause).mayBeDamage == mayBe)
  }

  @Test func optionsThatCannotBeSent() {
    for options in [
      ConnectionOptions(host: "127.0.0.1", port: 0, user: "u"), ConnectionOptions(host: "127.0.0.1", user: "a\0b"),
      ConnectionOptions(host: "127.0.0.1", user: "a", database: "\0"),
    ] {
      let error = #expect(throws: WireError.self) { _ = try Connection(options) }
      #expect(error?.category == .configuration)
    }
  }
}
