import Bytes
import MySQLWire
import Testing

/// Greetings as real servers sent them to a new connection on their TCP port.
enum Greetings {
  /// MariaDB 10.11.19.
  static let mariaDB10 = bytes(
    hex: "0a352e352e352d31302e31312e31392d4d6172696144422d302b646562313275312d6c6f67004d00000036375274756c3e3200feff08"
      + "0200ff81150000000000001d0000007d416c7a437c6875333b6d38006d7973716c5f6e61746976655f70617373776f726400")
  /// MariaDB 11.8.6, which leaves the "5.5.5-" out.
  static let mariaDB11 = bytes(
    hex: "0a31312e382e362d4d6172696144422d302b646562313375312066726f6d2044656269616e2d6c6f67004c000000792858636a6b5858"
      + "00feff2d0200ff81150000000000003d000000312a7e5e3c505f6c2466596b006d7973716c5f6e61746976655f70617373776f726400")
  /// MySQL 9.7.4.
  static let mySQL = bytes(
    hex: "0a392e372e342d32008b00000051077c122561616200ffffff0200ffdf1500000000000000000000637c417b09792b3c503e135400"
      + "63616368696e675f736861325f70617373776f726400")
}

@Suite struct HandshakeV10Tests {
  @Test func mySQL() throws {
    let greeting = try HandshakeV10(Greetings.mySQL.span.bytes)
    #expect(greeting.serverVersion == "9.7.4-2")
    #expect(greeting.threadID == 139)
    #expect(!greeting.isMariaDB)
    #expect(greeting.pluginName == "caching_sha2_password")
    #expect(greeting.nonce == bytes(hex: "51077c1225616162637c417b09792b3c503e1354"))
    #expect(greeting.capabilities.isSuperset(of: [.ssl, .longPassword, .pluginAuth, .pluginAuthLengthEncoded]))
  }

  @Test(arguments: [
    (Greetings.mariaDB10, "10.11.19-MariaDB-0+deb12u1-log"),
    (Greetings.mariaDB11, "11.8.6-MariaDB-0+deb13u1 from Debian-log"),
  ])
  func mariaDB(payload: [UInt8], version: String) throws {
    let greeting = try HandshakeV10(payload.span.bytes)
    #expect(greeting.displayVersion == version)
    #expect(greeting.isMariaDB)
    #expect(greeting.pluginName == "mysql_native_password")
    #expect(greeting.nonce.count == 20)
    #expect(!greeting.capabilities.contains(.longPassword))
  }

  /// As MySQL 5.1: no CLIENT_PLUGIN_AUTH, no auth_plugin_data_len.
  @Test func withoutPlugins() throws {
    let payload =
      [10] + Array("5.1.73\0".utf8) + [1, 0, 0, 0] + Array("abcdefgh\0".utf8) + [0xFF, 0xF7, 8, 2, 0]
      + Array(repeating: 0, count: 13) + Array("ijklmnopqrst\0".utf8)
    let greeting = try HandshakeV10(payload.span.bytes)
    #expect(greeting.pluginName == nil)
    #expect(greeting.nonce == Array("abcdefghijklmnopqrst".utf8))
  }

  @Test func brokenGreetings() {
    for payload in [Greetings.mySQL, Greetings.mariaDB10, Greetings.mariaDB11] {
      torture(payload) { _ = try HandshakeV10($0) }
    }
  }
}

@Suite struct HandshakeResponse41Tests {
  static func response(_ capabilities: Capabilities, auth: [UInt8]) throws -> [UInt8] {
    let response = try HandshakeResponse41(
      capabilities: capabilities, user: "u", authResponse: auth, database: "d", pluginName: "p",
      attributes: [(name: "a", value: "bc")])
    return encoded { response.encode(into: &$0) }
  }

  static let head = [45] + Array(repeating: UInt8(0), count: 23)

  @Test func everyField() throws {
    let capabilities = Capabilities.client.union(.connectWithDatabase)
    let payload = try Self.response(capabilities, auth: [1, 2, 3])
    let flags = capabilities.rawValue
    let start = (0..<4).map { UInt8(truncatingIfNeeded: flags >> (8 * $0)) } + [0, 0, 0, 0x40] + Self.head
    #expect(payload == start + Array("u\0".utf8) + [3, 1, 2, 3] + Array("d\0p\0".utf8) + [5, 1, 0x61, 2, 0x62, 0x63])
  }

  @Test func oldServer() throws {
    let payload = try Self.response([.protocol41, .secureConnection], auth: [1, 2, 3])
    #expect(payload == [0, 0x82, 0, 0, 0, 0, 0, 0x40] + Self.head + Array("u\0".utf8) + [3, 1, 2, 3])
  }

  @Test func longResponses() throws {
    let long = Array(repeating: UInt8(7), count: 300)
    #expect(throws: WireFailure.self) { try Self.response([.protocol41, .secureConnection], auth: long) }
    let payload = try Self.response(.client, auth: long)
    #expect(Array(payload[34..<38]) == [0xFC, 44, 1, 7])
  }

  @Test func sslRequestIsItsBeginning() throws {
    let request = encoded { SSLRequest(capabilities: .client).encode(into: &$0) }
    #expect(request.count == 32)
    #expect(try Self.response(.client, auth: []).starts(with: request))
  }
}

@Suite struct AuthPacketTests {
  @Test func authSwitchRequest() throws {
    let payload = [0xFE] + Array("mysql_native_password\0".utf8) + Array(UInt8(1)...20) + [0]
    let request = try AuthSwitchRequest(payload.span.bytes)
    #expect(request.pluginName == "mysql_native_password")
    #expect(request.nonce == Array(1...20))
    torture(payload) { _ = try AuthSwitchRequest($0) }
  }

  @Test func oldAuthSwitchRequest() throws {
    let payload: [UInt8] = [0xFE]
    #expect(try AuthSwitchRequest(payload.span.bytes).pluginName == "mysql_old_password")
  }

  @Test func authMoreData() throws {
    let payload: [UInt8] = [0x01, 0x04]
    #expect(try AuthMoreData(payload.span.bytes).data == [4])
    torture(payload) { _ = try AuthMoreData($0) }
  }
}
