import Bytes

/// The binary form, in COM_BINLOG_DUMP_GTID and in PREVIOUS_GTIDS, whose documentation has the layout.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_binlog_dump_gtid.html>.
extension MySQLGTIDSet {
  private static let taggedFormat: UInt64 = 1

  /// Appends the sources with their intervals; in tagged form, which MySQL 8.3 brought, only when there is a tag.
  public func encode(into buffer: inout OutputBuffer) {
    let isTagged = sources.contains { !$0.tag.isEmpty }
    let count = UInt64(sources.count)
    buffer.appendLittleEndian(isTagged ? Self.taggedFormat << 56 | count << 8 | Self.taggedFormat : count)
    for source in sources {
      buffer.append(contentsOf: source.id.bytes)
      if isTagged { Self.encode(tag: source.tag, into: &buffer) }
      buffer.appendLittleEndian(UInt64(source.intervals.ranges.count))
      for range in source.intervals.ranges {
        buffer.appendLittleEndian(range.lowerBound)
        buffer.appendLittleEndian(range.upperBound)
      }
    }
  }

  /// The length of a tag fits a varint of one byte, whose lowest bit is zero.
  private static func encode(tag: String, into buffer: inout OutputBuffer) {
    buffer.append(UInt8(tag.utf8.count << 1))
    buffer.append(tag)
  }
}
