import BinlogParser
import Bytes
import Platform

/// Looks behind the header of an event that does not fit into its file for evidence that the file goes on there: then
/// the header's size is damaged, and what follows would be lost if the file were taken for one that ends here.
///
/// With checksums the evidence is an event whose CRC-32 fits: one that stands behind the header, or the header's own one
/// with the size that it has if another event, or the end of the file, follows there. Without them it is two headers in a
/// row, one header with the only `log_pos` that it can have, or one event that ends where the file ends.
///
/// Every byte of the file's rest is looked at once. Checksums are computed of a few times as many bytes, whatever they are.
struct ContinuationSearch: ~Copyable {
  private let file: InputFile
  private let byteCount: UInt64
  private let start: UInt64
  private let header: FileEventHeader
  private let context: Context
  private let servers: [UInt32]
  /// Bytes of which checksums may still be computed: it keeps the work in proportion to the file.
  private var budget: UInt64

  /// What the events before the header tell of the file.
  struct Context {
    var format: FormatDescriptionEvent?
    var isRelayLog = false
    /// The server that wrote the file, and the one that wrote the last event.
    var servers: [UInt32] = []

    var hasChecksums: Bool { format?.checksum == .crc32 }
  }

  private static let blockByteCount = 1 << 20
  private static let leastBudget: UInt64 = 16 << 20
  /// What reading a header from the file costs, in bytes of a checksum.
  private static let probeCost: UInt64 = 1024

  /// A search behind `header`, which stands at `start` in `file` of `byteCount` bytes.
  init(_ file: InputFile, byteCount: UInt64, at start: UInt64, _ header: FileEventHeader, _ context: Context) {
    self.file = file
    self.byteCount = byteCount
    self.start = start
    self.header = header
    self.context = context
    servers = context.servers + [header.serverID]
    budget = Self.leastBudget + 4 * (byteCount - start)
  }

  /// True if there is evidence.
  ///
  /// - Throws: `SystemError` when the file cannot be read.
  mutating func findsEvidence() throws(SystemError) -> Bool {
    if try isWhole(from: start, to: byteCount) { return true }
    var offset = start + UInt64(EventHeader.byteCount)
    var block = OutputBuffer(capacity: Self.blockByteCount)
    while offset + UInt64(EventHeader.byteCount) <= byteCount {
      block.removeAll()
      _ = try file.read(Self.blockByteCount, at: offset, appendingTo: &block)
      let candidates = Self.candidates(block)
      for index in candidates where try isEvidence(block, index, at: offset + UInt64(index)) { return true }
      guard block.count >= EventHeader.byteCount else { return false }
      offset += UInt64(block.count - EventHeader.byteCount + 1)
    }
    return false
  }

  /// Where the bytes of a known type and of a possible size are those of a header.
  private static func candidates(_ block: borrowing OutputBuffer) -> [Int] {
    let bytes = block.bytes
    guard bytes.byteCount >= EventHeader.byteCount else { return [] }
    var found: [Int] = []
    for index in 0...bytes.byteCount - EventHeader.byteCount {
      // Events of 16 MiB and more are passed over, and with them almost all data that are no headers.
      guard bytes[byteAt: index + 12] == 0, EventType(rawValue: bytes[byteAt: index + 4]).isKnown else { continue }
      found.append(index)
    }
    return found
  }

  private mutating func isEvidence(
    _ block: borrowing OutputBuffer, _ index: Int, at offset: UInt64
  ) throws(SystemError) -> Bool {
    guard let next = FileEventHeader(block.bytes, at: index), isPlausible(next, at: offset) else { return false }
    let end = offset + UInt64(next.size)
    if context.hasChecksums {
      return end <= byteCount ? try isWhole(from: offset, to: end) : try isWhole(from: start, to: offset)
    }
    if isLinked(next, at: offset) || end == byteCount { return true }
    return try isHeader(at: end)
  }

  /// True if the fields of `next` can be those of an event at `offset`.
  private func isPlausible(_ next: FileEventHeader, at offset: UInt64) -> Bool {
    guard next.size >= EventHeader.byteCount, next.type.isKnown else { return false }
    if !context.isRelayLog, next.logPosition == next.end(from: offset) { return true }
    return (context.isRelayLog || next.logPosition == 0) && servers.contains(next.serverID)
  }

  /// True if the `log_pos` of `next` is the only one that an event at `offset` can have.
  private func isLinked(_ next: FileEventHeader, at offset: UInt64) -> Bool {
    guard servers.contains(next.serverID), next.logPosition != 0 else { return false }
    if !context.isRelayLog { return next.logPosition == next.end(from: offset) }
    return header.logPosition != 0 && next.logPosition == header.logPosition &+ UInt32(next.size)
  }

  private mutating func isHeader(at offset: UInt64) throws(SystemError) -> Bool {
    guard charge(Self.probeCost) else { return false }
    var bytes = OutputBuffer(capacity: EventHeader.byteCount)
    _ = try file.read(EventHeader.byteCount, at: offset, appendingTo: &bytes)
    guard let next = FileEventHeader(bytes.bytes, at: 0) else { return false }
    return isPlausible(next, at: offset)
  }

  /// Takes `cost` from the budget, if there is so much left.
  private mutating func charge(_ cost: UInt64) -> Bool {
    guard cost <= budget else { return false }
    budget -= cost
    return true
  }

  // MARK: Checksums

  /// True if the bytes from `start` to `end` are an event, with the size that it then has, whose checksum fits.
  private mutating func isWhole(from start: UInt64, to end: UInt64) throws(SystemError) -> Bool {
    let trailer = EventChecksum.crc32.byteCount
    guard context.hasChecksums, end - start >= UInt64(EventHeader.byteCount + trailer),
      let size = UInt32(exactly: end - start), charge(end - start)
    else { return false }
    var stored = OutputBuffer(capacity: trailer)
    _ = try file.read(trailer, at: end - UInt64(trailer), appendingTo: &stored)
    guard let crc = try checksum(from: start, to: end - UInt64(trailer), size: size) else { return false }
    return Self.number(stored) == crc
  }

  /// The checksum of the bytes from `start` to `end`, which begin with a header, as if that held `size`.
  private func checksum(from start: UInt64, to end: UInt64, size: UInt32) throws(SystemError) -> UInt32? {
    var block = OutputBuffer(capacity: min(Self.blockByteCount, Int(size)))
    guard try file.read(EventHeader.byteCount, at: start, appendingTo: &block) == EventHeader.byteCount else {
      return nil
    }
    block.overwriteLittleEndian(size, at: 9)
    var crc = CRC32.checksum(of: block.bytes)
    var offset = start + UInt64(EventHeader.byteCount)
    while offset < end {
      block.removeAll()
      let read = try file.read(Int(min(UInt64(Self.blockByteCount), end - offset)), at: offset, appendingTo: &block)
      guard read > 0 else { return nil }
      crc = CRC32.checksum(of: block.bytes, from: crc)
      offset += UInt64(read)
    }
    return crc
  }

  private static func number(_ block: borrowing OutputBuffer) -> UInt32? {
    var cursor = ByteCursor(block.bytes)
    return try? cursor.uint32("checksum")
  }
}
