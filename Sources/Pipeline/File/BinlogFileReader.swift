import BinlogParser
import Bytes
import Platform

/// Why a binlog file cannot be read on.
public enum BinlogFileError: Error, Sendable {
  /// Its bytes are wrong.
  case binlog(BinlogError)
  /// The system cannot read it.
  case system(SystemError)
}

/// Finds the events of one binlog file, in order. The file is read in large blocks, straight into the caller's buffer.
///
/// It looks at few fields of an event's header, and at nothing else; `EventFramer` judges the event. What the file grows
/// after it was opened is not read.
public final class BinlogFileReader {
  /// What comes next in the file.
  public enum Step: Sendable, Equatable {
    /// A whole event of `count` bytes, `offset` bytes into the buffer.
    case event(offset: Int, count: Int)
    /// The file ends here, where an event ends.
    case end
    /// The file ends here, within an event.
    case cut(BinlogFileProblem)
  }

  /// The file's name without folder.
  public let name: String
  /// Start of the next event.
  public private(set) var position = UInt64(BinlogFileMagic.byteCount)
  /// True if the file was not closed in order, as far as its first event tells: the server may still write it.
  ///
  /// Relay logs do not tell: each of them may be unclosed.
  public private(set) var isUnclosed = false
  /// How the events so far end the file.
  public private(set) var ending = BinlogFileEnding.none
  /// The file's size when it was opened.
  public let byteCount: UInt64
  /// True if a replica wrote the file: a transaction may go on in the next one.
  public var isRelayLog: Bool { context.isRelayLog }
  let file: InputFile
  let maxEventBytes: Int
  private var readOffset = UInt64(BinlogFileMagic.byteCount)
  /// What the events so far tell of those to come.
  private var context = ContinuationSearch.Context()
  private var lastLogPosition: UInt32 = 0

  /// Opens the file at `path` and checks its first bytes; no event in it may be larger than `maxEventBytes`.
  ///
  /// - Throws: `BinlogFileError` when it cannot be read, is encrypted, or is no binlog.
  public init(_ path: String, maxEventBytes: Int = Limits.event) throws(BinlogFileError) {
    name = FileSystem.name(of: path)
    self.maxEventBytes = maxEventBytes
    var magic = OutputBuffer(capacity: BinlogFileMagic.byteCount)
    do { file = try InputFile(path) } catch { throw .system(error) }
    do { byteCount = try file.byteCount() } catch { throw .system(error) }
    do { _ = try file.read(BinlogFileMagic.byteCount, at: 0, appendingTo: &magic) } catch { throw .system(error) }
    do { try BinlogFileMagic.check(magic.bytes) } catch { throw .binlog(Self.located(error, name, 0)) }
  }

  // MARK: Events

  /// Finds the next event, whose first bytes may stand in `buffer` from `start` on already, and reads what is missing.
  ///
  /// - Throws: `BinlogFileError` for a read error, and for events behind which nothing can be read.
  public func next(_ buffer: inout OutputBuffer, at start: Int) throws(BinlogFileError) -> Step {
    try fill(&buffer, start, EventHeader.byteCount)
    let held = buffer.count - start
    guard held > 0 else { return .end }
    guard let header = FileEventHeader(buffer.bytes, at: start) else {
      return .cut(.cutEvent(present: UInt64(held), of: 0))
    }
    try checkContents(header, buffer, start)
    guard header.size >= EventHeader.byteCount else { return .event(offset: start, count: EventHeader.byteCount) }
    guard header.size <= maxEventBytes else { throw tooLarge(header) }
    let available = UInt64(held) + byteCount - min(readOffset, byteCount)
    guard UInt64(header.size) <= available else { return try cut(header, present: available) }
    try fill(&buffer, start, header.size)
    guard buffer.count - start >= header.size else { return try cut(header, present: UInt64(buffer.count - start)) }
    if position == UInt64(BinlogFileMagic.byteCount) { try noteFirst(header, buffer, start) }
    if header.type == .startEncryption { try checkEncryption(header, buffer, start) }
    note(header, buffer, start)
    position += UInt64(header.size)
    return .event(offset: start, count: header.size)
  }

  /// True if `next` can answer without reading.
  public func hasWholeEvent(_ buffer: borrowing OutputBuffer, at start: Int) -> Bool {
    guard let header = FileEventHeader(buffer.bytes, at: start) else { return false }
    return buffer.count - start >= header.size
  }

  /// Passes over the events before `offset`; returns the last FORMAT_DESCRIPTION among them.
  ///
  /// - Throws: `BinlogFileError` when no event starts at `offset`, or the file ends before it.
  public func skip(to offset: UInt64) throws(BinlogFileError) -> [UInt8] {
    var format: [UInt8] = []
    var buffer = OutputBuffer(capacity: Self.skipByteCount)
    var start = 0
    while position < offset {
      let before = position
      switch try next(&buffer, at: start) {
      case .event(_, let count):
        guard position <= offset else { throw problem(.betweenEvents(before, position), at: offset) }
        if let header = FileEventHeader(buffer.bytes, at: start), header.type == .formatDescription {
          format = Self.bytes(buffer, start, count)
        }
        start += count
      case .end: throw problem(.behindEnd(byteCount: byteCount), at: offset)
      case .cut(let cause): throw problem(cause)
      }
      guard !hasWholeEvent(buffer, at: start) else { continue }
      buffer.removeFirst(start)
      start = 0
    }
    readOffset = position
    return format
  }

  private static let skipByteCount = 256 * 1024

  /// The error `cause` at the next event, or at `offset`.
  public func problem(_ cause: BinlogFileProblem, at offset: UInt64? = nil) -> BinlogFileError {
    .binlog(Self.located(BinlogError(.file(cause)), name, offset ?? position))
  }

  // MARK: What is no event

  /// Names what may stand in an event's place: another file behind this one, or zeros in place of an end that was lost.
  private func checkContents(
    _ header: FileEventHeader, _ buffer: borrowing OutputBuffer, _ start: Int
  ) throws(BinlogFileError) {
    if Self.isFileStart(buffer, start) { throw problem(.anotherFile) }
    guard header.size == 0, header.type.rawValue == 0, try hasOnlyZeros(buffer, start) else { return }
    throw problem(.onlyZeros(byteCount - position))
  }

  /// True if a file's first bytes and the header of its FORMAT_DESCRIPTION stand there.
  private static func isFileStart(_ buffer: borrowing OutputBuffer, _ start: Int) -> Bool {
    let held = buffer.bytes.extracting(start...)
    // The magic bytes are also a time in 2028, so that they alone say nothing.
    guard held[byteAt: 0] == 0xFE, (try? BinlogFileMagic.check(held)) != nil,
      let header = FileEventHeader(held, at: BinlogFileMagic.byteCount)
    else { return false }
    return header.type == .formatDescription
      && header.logPosition == header.end(from: UInt64(BinlogFileMagic.byteCount))
  }

  /// True if there are only zeros up to the file's end, in the buffer and behind it.
  private func hasOnlyZeros(_ buffer: borrowing OutputBuffer, _ start: Int) throws(BinlogFileError) -> Bool {
    guard Self.isZero(buffer, from: start) else { return false }
    var block = OutputBuffer(capacity: Self.skipByteCount)
    var offset = readOffset
    while offset < byteCount {
      block.removeAll()
      let read: Int
      do { read = try file.read(Self.skipByteCount, at: offset, appendingTo: &block) } catch { throw .system(error) }
      guard read > 0 else { return true }
      guard Self.isZero(block, from: 0) else { return false }
      offset += UInt64(read)
    }
    return true
  }

  private static func isZero(_ buffer: borrowing OutputBuffer, from start: Int) -> Bool {
    let bytes = buffer.bytes
    for index in start..<bytes.byteCount where bytes[byteAt: index] != 0 { return false }
    return true
  }

  // MARK: Bytes

  /// Reads until `buffer` holds `count` bytes from `start` on, or the file ends; more when there is room for it.
  private func fill(_ buffer: inout OutputBuffer, _ start: Int, _ count: Int) throws(BinlogFileError) {
    while buffer.count - start < count, readOffset < byteCount {
      let wanted = max(count - (buffer.count - start), buffer.capacity - buffer.count)
      let limit = Int(min(UInt64(wanted), byteCount - readOffset))
      let read: Int
      do { read = try file.read(limit, at: readOffset, appendingTo: &buffer) } catch { throw .system(error) }
      guard read > 0 else { return }
      readOffset += UInt64(read)
    }
  }

  /// What the first event tells of the whole file.
  private func noteFirst(
    _ header: FileEventHeader, _ buffer: borrowing OutputBuffer, _ start: Int
  ) throws(BinlogFileError) {
    context.servers = [header.serverID]
    if header.type == .startV3 {
      guard let event = Self.startV3(buffer, start, header.size) else { return }
      throw problem(.oldVersion(Int(event.binlogVersion), server: event.serverVersion))
    }
    guard header.type == .formatDescription else { return }
    context.isRelayLog = header.flags & Self.relayLogFlag != 0
    isUnclosed = context.isRelayLog || header.flags & EventHeader.inUseFlag != 0
  }

  /// START_ENCRYPTION ends what can be read. It is only believed where its checksum fits, and `EventFramer` says what is
  /// wrong with it elsewhere.
  private func checkEncryption(
    _ header: FileEventHeader, _ buffer: borrowing OutputBuffer, _ start: Int
  ) throws(BinlogFileError) {
    guard let format = context.format else { return }
    let event = buffer.bytes.extracting(start..<start + header.size)
    guard format.checksum == .none || EventChecksum.matches(event, isFormatDescription: false) else { return }
    throw problem(.encrypted(by: format.isMariaDB ? .mariadb : .percona))
  }

  /// What each event tells of those that follow.
  private func note(_ header: FileEventHeader, _ buffer: borrowing OutputBuffer, _ start: Int) {
    lastLogPosition = header.logPosition
    noteEnding(header, buffer, start)
    if header.serverID != context.servers.last { context.servers = [context.servers[0], header.serverID] }
    guard header.type == .formatDescription else { return }
    context.format = Self.format(buffer, start, header.size)
  }

  /// A server ends its file with ROTATE or STOP. In a relay log ROTATE may be the master's, and says nothing of this file.
  private func noteEnding(_ header: FileEventHeader, _ buffer: borrowing OutputBuffer, _ start: Int) {
    switch header.type {
    case .rotate where !context.isRelayLog && header.flags & EventHeader.artificialFlag == 0:
      let trailer = context.hasChecksums ? EventChecksum.crc32.byteCount : 0
      ending = .rotate(to: Self.nextFile(buffer, start, header.size - trailer))
    case .rotate, .stop: ending = .stop
    default: if ending != .none { ending = .none }
    }
  }

  /// The file that a ROTATE names.
  private static func nextFile(_ buffer: borrowing OutputBuffer, _ start: Int, _ count: Int) -> String? {
    guard count >= EventHeader.byteCount else { return nil }
    return try? RotateEvent(buffer.bytes.extracting(start + EventHeader.byteCount..<start + count)).next.file
  }

  private static func format(_ buffer: borrowing OutputBuffer, _ start: Int, _ count: Int) -> FormatDescriptionEvent? {
    try? FormatDescriptionEvent(buffer.bytes.extracting(start + EventHeader.byteCount..<start + count))
  }

  private static func startV3(_ buffer: borrowing OutputBuffer, _ start: Int, _ count: Int) -> StartV3Event? {
    try? StartV3Event(buffer.bytes.extracting(start..<start + count))
  }

  private static func bytes(_ buffer: borrowing OutputBuffer, _ start: Int, _ count: Int) -> [UInt8] {
    buffer.bytes.extracting(start..<start + count).array
  }

  /// The event was written by a replica into its relay log.
  private static let relayLogFlag: UInt16 = 0x0040

  /// The file ends within the event, or the event's size is damaged.
  private func cut(_ header: FileEventHeader, present: UInt64) throws(BinlogFileError) -> Step {
    let isDamaged: Bool
    switch proof(of: header) {
    case .right: isDamaged = false
    case .wrong: isDamaged = true
    case .none:
      var search = ContinuationSearch(file, byteCount: byteCount, at: position, header, context)
      do { isDamaged = try search.findsEvidence() } catch { throw .system(error) }
    }
    guard isDamaged else { return .cut(.cutEvent(present: present, of: UInt64(header.size))) }
    var error = BinlogError(.file(.damagedSize(UInt64(header.size), present: present)))
    error.eventType = header.type
    throw .binlog(Self.located(error, name, position))
  }

  /// What a header's fields say of its size.
  private enum Proof {
    case right
    case wrong
  }

  /// What `log_pos` says of the event's size; nil where it says nothing.
  ///
  /// In a relay log it is the master's, and follows from that of the event before if the two stood together there. Some
  /// servers leave it out within transactions, and old ones count from the start of the transaction.
  private func proof(of header: FileEventHeader) -> Proof? {
    guard header.logPosition != 0 else { return nil }
    if header.logPosition == header.end(from: position) { return .right }
    if context.isRelayLog {
      return lastLogPosition != 0 && header.logPosition == lastLogPosition &+ UInt32(header.size) ? .right : nil
    }
    return context.format?.hasRelativePositions == true ? nil : .wrong
  }

  private func tooLarge(_ header: FileEventHeader) -> BinlogFileError {
    var error = BinlogError(.eventTooLarge(size: header.size, limit: maxEventBytes))
    error.eventType = header.type
    return .binlog(Self.located(error, name, position))
  }

  private static func located(_ error: BinlogError, _ file: String, _ position: UInt64) -> BinlogError {
    var error = error
    error.file = file
    error.position = position
    return error
  }
}
