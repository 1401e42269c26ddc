import BinlogParser
import Bytes
import TestSupport
import Testing

@Suite struct EventFramerTests {
  private static let rotateBody = BinlogEvents.littleEndian(UInt64(4)) + Array("binlog.000009".utf8)

  private func accept(_ event: [UInt8], _ stream: inout EventFramer) throws(BinlogError) -> EventFrame {
    try stream.accept(event.span.bytes, at: 0)
  }

  private func failure(_ event: [UInt8], _ stream: EventFramer) -> BinlogError? {
    var stream = stream
    do throws(BinlogError) { _ = try accept(event, &stream) } catch { return error }
    return nil
  }

  private func stream(
    at offset: UInt64 = 4, asked checksum: EventChecksum = .none, algorithm: UInt8 = 0
  ) throws -> EventFramer {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000008", offset: offset), checksum: checksum)
    let body = BinlogEvents.formatDescription(algorithm: algorithm)
    _ = try accept(BinlogEvents.sealed(BinlogEvents.event(15, body)), &stream)
    return stream
  }

  /// Every event of every real file lies where the file holds it, also those without log_pos (MariaDB 11.4 and later).
  @Test(arguments: Fixture.readable)
  func positionsAreThoseOfTheFile(_ name: String) throws {
    let fixture = try Fixture(name)
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    for range in fixture.events {
      let frame = try accept(Array(fixture.bytes[range]), &stream)
      #expect(frame.start == UInt64(range.lowerBound))
      #expect(frame.end == UInt64(range.upperBound))
      if frame.header.type != .rotate { #expect(stream.position.offset == frame.end) }
    }
  }

  @Test func mariadb11HasEventsWithoutPosition() throws {
    let fixture = try Fixture("mariadb-11.8-full")
    #expect(fixture.events.contains { fixture.bytes[$0.lowerBound + 13..<$0.lowerBound + 17].allSatisfy { $0 == 0 } })
  }

  @Test(arguments: [EventChecksum.none, .crc32])
  func anArtificialRotateNamesTheFile(_ checksum: EventChecksum) throws {
    var stream = EventFramer(at: BinlogPosition(file: "", offset: 4), checksum: checksum)
    let event = BinlogEvents.event(4, Self.rotateBody, flags: 0x20, checksum: checksum == .crc32)
    let frame = try accept(event, &stream)
    #expect(frame.isOutsideOfFile)
    #expect(stream.position == BinlogPosition(file: "binlog.000009", offset: 4))
  }

  /// The file before had checksums, so the server adds one to the ROTATE that announces the next.
  @Test func anArtificialRotateFollowsTheFormatOfTheFileBefore() throws {
    var stream = try stream(asked: .none, algorithm: 1)
    _ = try accept(BinlogEvents.event(4, Self.rotateBody, flags: 0x20, checksum: true), &stream)
    #expect(stream.position.file == "binlog.000009")
    let bare = BinlogEvents.event(4, Self.rotateBody, flags: 0x20)
    #expect(failure(bare, stream)?.cause == .checksumMismatch)
  }

  @Test(
    "An error in a ROTATE has the place where it starts", arguments: [[], [4, 0], [UInt8](repeating: 0, count: 8)])
  func aDamagedRotate(_ body: [UInt8]) throws {
    let event = BinlogEvents.event(4, body, logPosition: 119 + UInt32(body.count))
    let error = try #require(failure(event, try stream(at: 100)))
    #expect(error.description.hasPrefix("binlog.000008:100: ROTATE: "))
  }

  @Test func aRealRotateMovesToTheNextFile() throws {
    var stream = try stream(at: 100)
    let size = UInt32(19 + Self.rotateBody.count)
    let frame = try accept(BinlogEvents.event(4, Self.rotateBody, logPosition: 100 + size), &stream)
    #expect(frame.start == 100)
    #expect(frame.end == UInt64(100 + size))
    #expect(stream.position == BinlogPosition(file: "binlog.000009", offset: 4))
  }

  @Test func aFormatDescriptionWithoutPositionMovesNothing() throws {
    var stream = try stream(at: 5000)
    #expect(stream.position.offset == 5000)
    let frame = try accept(BinlogEvents.event(2, [0], logPosition: 5020), &stream)
    #expect(frame.start == 5000)
  }

  @Test("What MariaDB repeats of an encrypted file's head moves nothing, unlike the event in its place")
  func startEncryption() throws {
    let body = [UInt8](repeating: 1, count: 17)
    var stream = try stream(at: 5000)
    #expect(try accept(BinlogEvents.event(164, body, flags: 0x80), &stream).isOutsideOfFile)
    #expect(stream.position.offset == 5000)
    let frame = try accept(BinlogEvents.event(164, body, logPosition: 5036, flags: 0x80), &stream)
    #expect((frame.start, frame.end) == (5000, 5036))
    #expect(!frame.beginsUnreadableDump)
  }

  @Test("A dump that begins at the event's own place has passed it")
  func startAtStartEncryption() throws {
    let end = UInt64(
      4 + BinlogEvents.sealed(BinlogEvents.event(15, BinlogEvents.formatDescription(algorithm: 0))).count)
    var stream = try stream(at: end)
    let frame = try accept(BinlogEvents.event(164, [UInt8](repeating: 1, count: 17), flags: 0x80), &stream)
    #expect((frame.start, frame.end) == (end, end + 36))
    #expect(frame.beginsUnreadableDump)
  }

  @Test(arguments: [UInt8(27), 41])
  func heartbeatsMoveNothing(_ type: UInt8) throws {
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000008", offset: 700), checksum: .none)
    let frame = try accept(BinlogEvents.event(type, Array("binlog.000008".utf8), logPosition: 900), &stream)
    #expect(frame.isOutsideOfFile)
    #expect(stream.position.offset == 700)
  }

  @Test func anEventWithoutPositionIsCountedByItsSize() throws {
    var stream = try stream(at: 100)
    let frame = try accept(BinlogEvents.event(19, [UInt8](repeating: 0, count: 31)), &stream)
    #expect((frame.start, frame.end) == (100, 150))
    _ = try accept(BinlogEvents.event(16, [UInt8](repeating: 0, count: 31), logPosition: 200), &stream)
    #expect(stream.position.offset == 200)
  }

  @Test(arguments: [
    (UInt64(0xFFFF_FFF0), UInt32(0x0000_0010)), (0x3_FFFF_FFF0, 0x10), (0xFFFF_FFE0, 0), (0x1_0000_0000, 0x20),
  ])
  func positionsPass4GiB(_ start: UInt64, _ logPosition: UInt32) throws {
    var stream = try stream(at: start)
    let frame = try accept(BinlogEvents.event(2, [UInt8](repeating: 0, count: 13), logPosition: logPosition), &stream)
    #expect((frame.start, frame.end) == (start, start + 32))
    #expect(stream.position.offset == start + 32)
  }

  @Test(arguments: [UInt32(990), 999, 1010, 20])
  func aPositionThatGoesBackwardsIsAnError(_ logPosition: UInt32) throws {
    let error = failure(BinlogEvents.event(2, [0], logPosition: logPosition), try stream(at: 1000))
    #expect(error?.cause == .positionWentBackwards(from: 1000))
    #expect(error?.file == "binlog.000008")
    #expect(error?.position == 1000)
    #expect(error?.eventType == .query)
  }

  @Test func aRealEventBeforeTheFormatDescriptionIsAnError() {
    let stream = EventFramer(at: BinlogPosition(file: "binlog.000008", offset: 4), checksum: .none)
    #expect(failure(BinlogEvents.event(2, [0]), stream)?.cause == .missingFormatDescription)
  }

  @Test func aSizeThatIsNotTheFramesIsAnError() throws {
    let stream = try stream()
    let event = BinlogEvents.event(2, [1, 2, 3])
    let wrong = BinlogError.Cause.decode(DecodeError(.invalid, at: 9, "event_size"))
    #expect(failure(event + [0], stream)?.cause == wrong)
    #expect(failure(event.dropLast(), stream)?.cause == wrong)
  }

  @Test(arguments: [UInt64.max, UInt64(Int64.max), UInt64(Int64.max) - 1 << 33 + 1])
  func impossiblePositionsAreErrors(_ offset: UInt64) throws {
    let body = BinlogEvents.littleEndian(offset) + Array("binlog.000009".utf8)
    #expect(failure(BinlogEvents.event(4, body, flags: 0x20), try stream()) != nil)
    let far = EventFramer(at: BinlogPosition(file: "binlog.000008", offset: offset), checksum: .none)
    #expect(failure(BinlogEvents.event(4, Self.rotateBody, logPosition: 7), far) != nil)
  }

  /// Only a FORMAT_DESCRIPTION can be damaged unseen: in its in-use flag, and where it then says that the file has no
  /// checksums (by the algorithm, or by a version that knew none).
  @Test func anyOtherFlippedBitIsAnError() throws {
    let fixture = try Fixture("mysql-9.7-row-image-minimal")
    var stream = EventFramer(at: BinlogPosition(file: "binlog.000001", offset: 4), checksum: .none)
    for range in fixture.events {
      let event = Array(fixture.bytes[range])
      for (bit, damaged) in Damage.bitFlips(of: event).enumerated() {
        var after = stream
        guard (try? accept(damaged, &after)) != nil else { continue }
        let isUnseen = range.lowerBound == 4 && (bit == 17 * 8 || after.format?.checksum == EventChecksum.none)
        if !isUnseen { Issue.record("bit \(bit) of the event at \(range.lowerBound)") }
      }
      _ = try accept(event, &stream)
    }
  }
}
