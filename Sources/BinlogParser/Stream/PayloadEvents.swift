import Bytes

/// The events in a TRANSACTION_PAYLOAD, one after the other.
///
/// Only one event is in memory at a time, and it takes memory as its bytes come out of the decompression: sizes that the
/// payload claims allocate nothing.
public struct PayloadEvents: ~Copyable, ~Escapable {
  private let frame: EventFrame
  private let event: TransactionPayloadEvent
  private var decompressor: ZstdDecompressor
  private var consumed = 0
  private var buffer = OutputBuffer(capacity: 4096)
  private let maxEventBytes: Int

  /// The events of the TRANSACTION_PAYLOAD `frame`, whose body is `body`; none may be larger than `maxEventBytes`.
  ///
  /// - Throws: `BinlogError` for a body that cannot be read.
  @_lifetime(copy body)
  public init(
    _ body: RawSpan, in frame: EventFrame, maxEventBytes: Int = Limits.event
  ) throws(BinlogError) {
    let event: TransactionPayloadEvent
    do { event = try TransactionPayloadEvent(body) } catch {
      throw BinlogError(error.shifted(by: EventHeader.byteCount))
    }
    try self.init(event, decompressor: Self.decompressor(), in: frame, maxEventBytes)
  }

  @_lifetime(copy event)
  private init(
    _ event: consuming TransactionPayloadEvent, decompressor: consuming ZstdDecompressor, in frame: EventFrame,
    _ maxEventBytes: Int
  ) {
    self.maxEventBytes = maxEventBytes
    self.event = event
    self.decompressor = decompressor
    self.frame = frame
  }

  private static func decompressor() throws(BinlogError) -> ZstdDecompressor {
    do { return try ZstdDecompressor() } catch { throw BinlogError(error.shifted(by: EventHeader.byteCount)) }
  }

  /// The bytes of the event that `next` came to; `EventFrame.body(in:)` finds the body in them.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    borrowing get { buffer.bytes }
  }

  /// Moves on to the next event, and returns its frame, which has the place of the whole payload; nil at the end.
  ///
  /// - Throws: `BinlogError` with the offset in the TRANSACTION_PAYLOAD where the compressed bytes are damaged or end too
  ///   early, and where an event has a size or a type that it cannot have.
  @_lifetime(self: copy self)
  public mutating func next() throws(BinlogError) -> EventFrame? {
    let header: EventHeader?
    do { header = try nextHeader() } catch { throw shifted(error) }
    guard let header else { return nil }
    let size = Int(header.eventSize)
    guard size <= maxEventBytes else {
      var error = BinlogError(.eventTooLarge(size: size, limit: maxEventBytes))
      error.eventType = header.type
      throw error
    }
    do { try fillEvent(to: size) } catch { throw shifted(error) }
    return EventFrame(
      header: header, offset: 0, bodyCount: buffer.count - EventHeader.byteCount, start: frame.start, end: frame.end)
  }

  private func shifted(_ error: DecodeError) -> BinlogError {
    BinlogError(error.shifted(by: EventHeader.byteCount + event.payloadOffset))
  }

  @_lifetime(self: copy self)
  private mutating func nextHeader() throws(DecodeError) -> EventHeader? {
    buffer.removeAll(shrinkingTo: 1 << 20)
    try fill(to: EventHeader.byteCount)
    return buffer.isEmpty ? nil : try Self.header(buffer, at: position)
  }

  @_lifetime(self: copy self)
  private mutating func fillEvent(to size: Int) throws(DecodeError) {
    try fill(to: size)
    guard buffer.count == size else { throw DecodeError(.truncated, at: position, "payload event") }
  }

  private static func header(_ buffer: borrowing OutputBuffer, at position: Int) throws(DecodeError) -> EventHeader {
    guard buffer.count == EventHeader.byteCount else { throw DecodeError(.truncated, at: position, "payload event") }
    var cursor = ByteCursor(buffer.bytes)
    guard let header = try? EventHeader(&cursor) else {
      throw DecodeError(.invalid, at: position, "payload event's size")
    }
    switch header.type {
    case .transactionPayload, .formatDescription, .rotate:
      throw DecodeError(.invalid, at: position, "payload event's type")
    default: return header
    }
  }

  /// Bytes of the payload that were used up.
  private var position: Int { event.compression == .zstd ? decompressor.consumed : consumed }

  /// Appends bytes of the payload until there are `count`, or until it ends.
  @_lifetime(self: copy self)
  private mutating func fill(to count: Int) throws(DecodeError) {
    let missing = count - buffer.count
    switch event.compression {
    case .zstd: try decompressor.append(upTo: missing, of: event.payload, to: &buffer)
    case .none:
      let end = min(consumed + missing, event.payload.byteCount)
      buffer.append(event.payload.extracting(consumed..<end))
      consumed = end
    }
  }
}
