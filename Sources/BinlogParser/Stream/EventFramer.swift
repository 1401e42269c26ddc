import Bytes

/// Frames the events of a stream: verifies the checksum of each, and keeps the position.
///
/// The position is where the next event starts. It is counted in 64 bits although headers carry 32: a `log_pos` below the
/// position means that the file passed another 4 GiB. Events inside a MariaDB 11.4 transaction carry no `log_pos`
/// at all; their size moves the position. So it does in files from before MySQL 5.1.30, whose `log_pos` may count from the
/// start of the transaction.
public struct EventFramer: Sendable {
  /// Start of the next event.
  public private(set) var position: BinlogPosition
  /// The file's format, once its FORMAT_DESCRIPTION came.
  public private(set) var format: FormatDescriptionEvent?
  /// Where a FORMAT_DESCRIPTION of the last one's size ends in its file.
  private var formatEnd: UInt64 = 0
  private var checksum: EventChecksum
  /// True if events come from a file: their place in it is their position, whatever `log_pos` says.
  private let isFile: Bool

  /// A stream that starts at `position`, whose server was asked for `checksum` until a FORMAT_DESCRIPTION says otherwise.
  public init(at position: BinlogPosition, checksum: EventChecksum) {
    self.position = position
    self.checksum = checksum
    isFile = false
  }

  /// A stream of the events that stand in a file, the first of them at `position`.
  ///
  /// In a relay log `log_pos` and ROTATE speak of the master's files; so here neither moves the position.
  public init(ofFileAt position: BinlogPosition) {
    self.position = position
    checksum = .none
    isFile = true
  }

  /// The stream of the same format at `position`.
  public func moved(to position: BinlogPosition) -> EventFramer {
    var stream = self
    stream.position = position
    return stream
  }

  /// Takes the FORMAT_DESCRIPTION that stands before the stream's position in the file, without moving the position.
  ///
  /// - Throws: `BinlogError` as `accept` does.
  public mutating func acceptFormat(_ event: RawSpan, at offset: Int) throws(BinlogError) -> EventFrame {
    let start = position
    let frame = try accept(event, at: offset)
    position = start
    return EventFrame(
      header: frame.header, offset: offset, bodyCount: frame.bodyCount, start: start.offset, end: start.offset)
  }

  /// The frame of an event that begins `offset` bytes into `bytes`, which may have only a part of it; nil where they have no
  /// whole header.
  ///
  /// For a look ahead: neither the checksum nor the position is judged, and the stream stays where it is.
  public func glimpse(_ bytes: RawSpan, at offset: Int) -> EventFrame? {
    var cursor = ByteCursor(bytes.extracting(offset...))
    guard let header = try? EventHeader(&cursor).renumbered(format?.numbering) else { return nil }
    let whole = Int(header.eventSize) - (format?.checksum.byteCount ?? 0)
    let bodyCount = max(EventHeader.byteCount, min(whole, bytes.byteCount - offset)) - EventHeader.byteCount
    return EventFrame(header: header, offset: offset, bodyCount: bodyCount, start: 0, end: UInt64(header.eventSize))
  }

  /// Takes the next event, `offset` bytes into its chunk, and moves the position past it.
  ///
  /// - Throws: `BinlogError` when the frame is not whole, the checksum does not match, a real event comes before the
  ///   FORMAT_DESCRIPTION, or the event lies before the end of the one before it.
  public mutating func accept(_ event: RawSpan, at offset: Int) throws(BinlogError) -> EventFrame {
    var cursor = ByteCursor(event)
    let header: EventHeader
    do { header = try EventHeader(&cursor).renumbered(format?.numbering) } catch {
      throw located(BinlogError(error), nil)
    }
    do {
      return try accept(event, header, at: offset)
    } catch {
      throw located(error, header)
    }
  }

  private mutating func accept(
    _ event: RawSpan, _ header: EventHeader, at offset: Int
  ) throws(BinlogError) -> EventFrame {
    guard Int(header.eventSize) == event.byteCount else {
      throw BinlogError(DecodeError(.invalid, at: 9, "event_size"))
    }
    let trailer = try verify(event, header)
    let span = try place(header)
    let frame = EventFrame(
      header: header, offset: offset, bodyCount: event.byteCount - EventHeader.byteCount - trailer,
      start: span.start, end: span.end)
    try follow(frame, event)
    return frame
  }

  /// Verifies the checksum; returns the bytes it takes at the end of the event.
  private mutating func verify(_ event: RawSpan, _ header: EventHeader) throws(BinlogError) -> Int {
    if header.type == .formatDescription {
      let format: FormatDescriptionEvent
      do { format = try FormatDescriptionEvent(event.extracting(EventHeader.byteCount...)) } catch {
        throw BinlogError(error.shifted(by: EventHeader.byteCount))
      }
      self.format = format
      formatEnd = 4 + UInt64(header.eventSize)
      checksum = format.checksum
      if checksum == .crc32 { try check(event, isFormatDescription: true) }
      return 0  // The checksum is a field of this event's body.
    }
    guard format != nil || header.type == .rotate || header.type.isHeartbeat else {
      throw BinlogError(.missingFormatDescription)
    }
    guard checksum == .crc32 else { return 0 }
    try check(event, isFormatDescription: false)
    return checksum.byteCount
  }

  private func check(_ event: RawSpan, isFormatDescription: Bool) throws(BinlogError) {
    guard EventChecksum.matches(event, isFormatDescription: isFormatDescription) else {
      throw BinlogError(.checksumMismatch)
    }
  }

  /// Where the event lies in its file.
  private func place(_ header: EventHeader) throws(BinlogError) -> (start: UInt64, end: UInt64) {
    let size = UInt64(header.eventSize)
    guard position.offset <= BinlogPosition.maximumOffset else {
      throw BinlogError(DecodeError(.tooLarge, at: 13, "log_pos"))
    }
    if isFile { return (position.offset, position.offset + size) }
    if header.isMadeUp, !(header.type == .startEncryption && position.offset == formatEnd) {
      return (position.offset, position.offset)
    }
    guard header.logPosition != 0, format?.hasRelativePositions != true else {
      return (position.offset, position.offset + size)
    }
    var end = position.offset & ~0xFFFF_FFFF | UInt64(header.logPosition)
    if end < position.offset { end += 1 << 32 }
    guard end >= size, end - size >= position.offset, end - size - position.offset < 1 << 31 else {
      throw BinlogError(.positionWentBackwards(from: position.offset))
    }
    return (end - size, end)
  }

  private mutating func follow(_ frame: EventFrame, _ event: RawSpan) throws(BinlogError) {
    guard frame.header.type == .rotate, !isFile else {
      position.offset = frame.end
      return
    }
    do {
      position = try RotateEvent(event.extracting(EventHeader.byteCount..<EventHeader.byteCount + frame.bodyCount)).next
    } catch {
      throw BinlogError(error.shifted(by: EventHeader.byteCount))
    }
  }

  private func located(_ error: BinlogError, _ header: EventHeader?) -> BinlogError {
    var error = error
    error.file = position.file
    error.position = position.offset
    error.eventType = header?.type
    return error
  }
}
