import CCRC32

/// The CRC-32 of binlog events, of gzip and of Parquet pages: polynomial 0x04C11DB7, bits reflected.
///
/// See <https://www.rfc-editor.org/rfc/rfc1952#section-8>.
public enum CRC32 {
  /// The checksum of `bytes`, going on from `seed`, the checksum of what is before them.
  public static func checksum(of bytes: RawSpan, from seed: UInt32 = 0) -> UInt32 {
    unsafe bytes.withUnsafeBytes { unsafe ccrc32(seed, $0.baseAddress, $0.count) }
  }
}
