import BinlogParser
import Bytes
import TestSupport

/// Sets of GTIDs that MySQL 9.7.4 printed and wrote.
enum GTIDSamples {
  static let a = "3e11fa47-71ca-11e1-9e33-c80aa9429562"
  static let b = "aaaaaaaa-0000-0000-0000-000000000001"

  /// `@@gtid_executed` of a server on which transactions with and without tags were committed.
  static let executed =
    "\(a):1-3:7:_x:1:abcdefghijklmnopqrstuvwxyzabcdef:5:zed:2-3,\n\(b):9223372036854775805:z:1"

  /// The PREVIOUS_GTIDS that the same server then wrote into its next file.
  static let previous = hexadecimal(
    "0106000000000001"
      + "3e11fa4771ca11e19e33c80aa942956200020000000000000001000000000000000400000000000000"
      + "07000000000000000800000000000000"
      + "3e11fa4771ca11e19e33c80aa9429562045f78010000000000000001000000000000000200000000000000"
      + "3e11fa4771ca11e19e33c80aa9429562406162636465666768696a6b6c6d6e6f707172737475767778797a616263646566"
      + "010000000000000005000000000000000600000000000000"
      + "3e11fa4771ca11e19e33c80aa9429562067a6564010000000000000002000000000000000400000000000000"
      + "aaaaaaaa000000000000000000000001000100000000000000fdffffffffffff7ffeffffffffffff7f"
      + "aaaaaaaa000000000000000000000001027a010000000000000001000000000000000200000000000000")

  /// The PREVIOUS_GTIDS of a server with `untagged` only: in tagged form, as MySQL 9.7 always writes it.
  static let previousUntagged = hexadecimal(
    "0102000000000001"
      + "3e11fa4771ca11e19e33c80aa942956200020000000000000001000000000000000400000000000000"
      + "07000000000000000800000000000000"
      + "aaaaaaaa000000000000000000000001000100000000000000fdffffffffffff7ffeffffffffffff7f")
  static let untagged = "\(a):1-3:7,\(b):9223372036854775805"

  /// `untagged` as servers before 8.3 know it.
  static let encodedUntagged = hexadecimal(
    "0200000000000000"
      + "3e11fa4771ca11e19e33c80aa9429562020000000000000001000000000000000400000000000000"
      + "07000000000000000800000000000000"
      + "aaaaaaaa0000000000000000000000010100000000000000fdffffffffffff7ffeffffffffffff7f")

  /// The UUID whose bytes all are `byte`.
  static func uuid(_ byte: UInt8) throws -> UUIDBytes {
    let body = [0] + [UInt8](repeating: byte, count: 16) + BinlogEvents.littleEndian(UInt64(1))
    return try GTIDEvent(body.span.bytes).sourceID
  }

  static func encoded(_ set: MySQLGTIDSet) -> [UInt8] {
    var buffer = OutputBuffer()
    set.encode(into: &buffer)
    return buffer.array
  }

  static func hexadecimal(_ text: String) -> [UInt8] {
    let digits = Array(text)
    return stride(from: 0, to: digits.count, by: 2).compactMap { UInt8(String(digits[$0...$0 + 1]), radix: 16) }
  }
}
