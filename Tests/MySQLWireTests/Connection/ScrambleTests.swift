import MySQLWire
import Testing

/// The expected values come from Python's hashlib, with n = bytes(range(1, 21)) and x(a, b) the XOR of two byte strings:
///
///     h = sha1(p).digest();   native  = x(h, sha1(n + sha1(h).digest()).digest())
///     h = sha256(p).digest(); caching = x(h, sha256(sha256(h).digest() + n).digest())
///     masked = bytes(c ^ n[i % 20] for i, c in enumerate(p + b"\0"))
@Suite struct ScrambleTests {
  static let nonce = Array(UInt8(1)...20)
  static let long = "pässword-longer-than-the-twenty-byte-nonce"

  @Test(arguments: [
    ("pw", "b0df30c74af91ea34514aaab203bd4b707f86375"),
    (long, "8e01d2471a2c8a33bf40b5ab00362c13c185faa9"),
    (String(repeating: "x", count: 300), "7d13abd721641469c590f067f047e21b7e87b1b7"),
    ("", ""),
  ])
  func nativePassword(password: String, expected: String) {
    #expect(NativePassword.scramble(Secret(password), nonce: Self.nonce) == bytes(hex: expected))
  }

  @Test(arguments: [
    ("pw", "71192ff0ec98fcb2cbaf7de6f3958c02e20756c534e7f907f65ae0c1125dac26"),
    (long, "70d17f38d1d16d10257e1872c63e28ec7c37029d1b649c5835104fb7129838cb"),
    (String(repeating: "x", count: 300), "219ff04c00f1e6a3edc8ecffe952c274126d5e0733695f5cb8228de74f9994ad"),
    ("", "00"),
  ])
  func cachingSHA2Password(password: String, expected: String) {
    #expect(CachingSHA2Password.scramble(Secret(password), nonce: Self.nonce) == bytes(hex: expected))
  }

  /// The nonce repeats when the password is longer.
  @Test func maskRepeatsTheNonce() {
    let masked = PasswordEncryption.masked(Secret("abcdefghijklmnopqrstuvwxyz"), nonce: Self.nonce)
    #expect(masked == bytes(hex: "60606060606060606060606060606060606060607474747c7c7c07"))
  }

  @Test func badKeysAreErrors() {
    for key in ["", "-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", "\0\u{FF}"] {
      #expect(throws: WireFailure.self) {
        try PasswordEncryption.encrypt(Secret("pw"), nonce: Self.nonce, publicKey: Array(key.utf8))
      }
    }
    #expect(throws: WireFailure.self) {
      try PasswordEncryption.encrypt(Secret("pw"), nonce: [], publicKey: [])
    }
  }
}
