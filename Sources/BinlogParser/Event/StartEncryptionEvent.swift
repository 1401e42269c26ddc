import Bytes

/// START_ENCRYPTION of MariaDB and Percona Server: every byte after this event is encrypted.
///
///     int<1>    scheme
///     int<4>    key version
///     byte<12>  nonce
///
/// See <https://mariadb.com/docs/server/reference/clientserver-protocol/replication-protocol/start_encryption_event>.
public struct StartEncryptionEvent: Sendable, Equatable {
  /// How the bytes are encrypted; 1 is the only one in use.
  public let scheme: UInt8
  /// Which version of the key.
  public let keyVersion: UInt32

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a body of another length.
  public init(_ body: RawSpan) throws(DecodeError) {
    var cursor = ByteCursor(body)
    scheme = try cursor.uint8("scheme")
    keyVersion = try cursor.uint32("key version")
    try cursor.skip(12, "nonce")
    try cursor.expectEnd("nonce")
  }
}
