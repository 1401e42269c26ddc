import BinlogParser
import Bytes
import CZstd
import TestSupport
import Testing

@Suite struct TransactionPayloadTests {
  private let map = TableMapBytes(columns: [(3, [])])

  private func row(_ id: UInt8, flags: UInt16 = 1) -> [UInt8] {
    BinlogEvents.event(30, map.rows(present: [1], [0, id, 0, 0, 0], flags: flags))
  }

  /// A TRANSACTION_PAYLOAD with `payload`; `size` and `uncompressed` are what it says of it.
  private func event(
    _ payload: [UInt8], type: UInt64 = 0, size: UInt64? = nil, uncompressed: UInt64 = 1, logPosition: UInt32 = 0
  ) -> [UInt8] {
    var body: [UInt8] = []
    for (field, number) in [(2, type), (3, uncompressed), (1, size ?? UInt64(payload.count))] as [(UInt8, UInt64)] {
      body += [field] + BinlogEvents.lenenc(BinlogEvents.lenenc(number))
    }
    return BinlogEvents.event(40, body + [0] + payload, logPosition: logPosition)
  }

  private func compressed(_ bytes: [UInt8], windowLog: Int32? = nil) -> [UInt8] {
    let context = ZSTD_createCCtx()
    defer { ZSTD_freeCCtx(context) }
    if let windowLog {
      ZSTD_CCtx_setParameter(context, ZSTD_c_windowLog, windowLog)
      ZSTD_CCtx_setParameter(context, ZSTD_c_contentSizeFlag, 0)
    }
    var out = [UInt8](repeating: 0, count: ZSTD_compressBound(bytes.count))
    let capacity = out.count
    // Without the size at its head, a frame's window is the one asked for.
    var input = ZSTD_inBuffer(src: nil, size: 0, pos: 0)
    return bytes.withUnsafeBytes { source in
      out.withUnsafeMutableBytes { space in
        input = ZSTD_inBuffer(src: source.baseAddress, size: source.count, pos: 0)
        var output = ZSTD_outBuffer(dst: space.baseAddress, size: capacity, pos: 0)
        ZSTD_compressStream2(context, &output, &input, ZSTD_e_flush)
        ZSTD_compressStream2(context, &output, &input, ZSTD_e_end)
        return Array(space[..<output.pos])
      }
    }
  }

  private func replay() throws -> EventReplay {
    var replay = EventReplay()
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20))
    return replay
  }

  private func rows(_ event: [UInt8]) throws -> [String] {
    var replay = try replay()
    return try replay.take(event).map { String(decoding: $0.after?.json ?? [], as: UTF8.self) }
  }

  private func failure(_ event: [UInt8]) throws -> BinlogError? {
    var replay = try replay()
    do throws(BinlogError) { try replay.take(event) } catch { return error }
    return nil
  }

  private var inner: [UInt8] { BinlogEvents.event(19, map.body) + row(1, flags: 0) + row(2) }

  @Test func innerEventsAreReadInTurn() throws {
    #expect(try rows(event(compressed(inner))) == [#"{"c0":1}"#, #"{"c0":2}"#])
    #expect(try rows(event(inner, type: 255)) == [#"{"c0":1}"#, #"{"c0":2}"#])
  }

  @Test func aPayloadMayHaveSeveralFramesAndNone() throws {
    let payload = compressed(Array(inner.prefix(30))) + compressed([]) + compressed(Array(inner.dropFirst(30)))
    #expect(try rows(event(payload)) == [#"{"c0":1}"#, #"{"c0":2}"#])
    #expect(try rows(event([])) == [])
  }

  @Test func theUncompressedSizeIsNotTrusted() throws {
    for size: UInt64 in [0, 1, .max] {
      #expect(try rows(event(compressed(inner), uncompressed: size)).count == 2)
    }
  }

  @Test func innerEventsAreInThePlaceOfThePayload() throws {
    var stream = try replay().stream
    let bytes = event(compressed(inner))
    let frame = try stream.accept(bytes.span.bytes, at: 0)
    var events = try PayloadEvents(frame.body(in: bytes.span.bytes), in: frame)
    var types: [EventType] = []
    while let inner = try events.next() {
      types.append(inner.header.type)
      #expect(inner.start == frame.start && inner.end == frame.end)
    }
    #expect(types == [.tableMap, .writeRows, .writeRows])
  }

  @Test func anExcludedTableInside() throws {
    var replay = EventReplay(filter: try TableFilter(include: nil, exclude: ["shop.orders"]))
    try replay.take(BinlogEvents.event(15, BinlogEvents.formatDescription(), flags: 0x20))
    #expect(try replay.take(event(compressed(inner))).isEmpty)
  }

  @Test func whatIsWrongHasAPlace() throws {
    #expect(
      try failure(event(inner, type: 7))?.description == "event: unsupported payload compression type at offset 21")
    #expect(try failure(event(inner, size: 3))?.description == "event: invalid payload size at offset 29")
    let cut = Array(compressed(inner).dropLast())
    #expect(try failure(event(cut))?.description == "event: truncated zstd data at offset \(29 + cut.count)")
    #expect(try failure(event([1, 2, 3, 4]))?.description == "event: invalid zstd data at offset 29")
    #expect(try failure(event(compressed(inner) + [0, 0, 0, 0]))?.description.contains("invalid zstd data") == true)
  }

  /// A cut inner event, one that says it is huge, one of a size below its header's, and events that cannot be inside.
  @Test(arguments: [UInt8(40), 15, 4]) func innerEventsThatCannotBe(_ type: UInt8) throws {
    var huge = row(1)
    huge.replaceSubrange(9..<13, with: [0xFF, 0xFF, 0xFF, 0xFF])
    var large = row(1)
    large.replaceSubrange(9..<13, with: [0, 0, 0, 0x3F])
    var small = row(1)
    small.replaceSubrange(9..<13, with: [18, 0, 0, 0])
    for payload in [compressed(huge), huge] {
      let error = try failure(event(payload, type: payload == huge ? 255 : 0))
      #expect(error?.cause == .eventTooLarge(size: 0xFFFF_FFFF, limit: 1 << 30))
    }
    for bytes in [Array(inner.dropLast()), Array(inner.prefix(5)), large, small, BinlogEvents.event(type)] {
      #expect(try failure(event(compressed(bytes)))?.description.contains("payload event") == true)
      #expect(try failure(event(bytes, type: 255))?.description.contains("payload event") == true)
    }
  }

  @Test func aWindowBeyondTheLimitIsRefused() throws {
    #expect(try rows(event(compressed(inner, windowLog: 27))).count == 2)
    #expect(try failure(event(compressed(inner, windowLog: 28)))?.description.contains("invalid zstd data") == true)
  }

  @Test func damage() throws {
    for bytes in [event(compressed(inner)), event(inner, type: 255)] {
      for damaged in Damage.bitFlips(of: bytes, from: BinlogEvents.headerByteCount) { _ = try failure(damaged) }
      for damaged in Damage.truncations(of: bytes).dropFirst(BinlogEvents.headerByteCount) {
        #expect(try failure(BinlogEvents.sealed(damaged, checksum: false)) != nil)
      }
    }
  }
}
