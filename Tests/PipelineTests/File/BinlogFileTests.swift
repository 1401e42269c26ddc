import BinlogParser
import Bytes
import Foundation
import Pipeline
import TestSupport
import Testing

/// Files of real servers, and damaged copies of them, as a source of events.
@Suite struct BinlogFileTests {
  private static let fixtures = ["mysql-9.7-full", "mariadb-10.11-full", "mariadb-11.8-full", "mysql-9.7-no-checksum"]

  @Test("All events come, whole and in order", arguments: fixtures)
  func readsAll(name: String) throws {
    let fixture = try Fixture(name)
    let log = try TemporaryLog([fixture.bytes])
    #expect(try log.events() == fixture.events.map { UInt64($0.lowerBound) })
  }

  @Test("A start at an event begins with the format and goes on there", arguments: fixtures)
  func startsAnywhere(name: String) throws {
    let fixture = try Fixture(name)
    let log = try TemporaryLog([fixture.bytes])
    for (index, event) in fixture.events.enumerated().dropFirst() {
      let rest = fixture.events[index...].map { UInt64($0.lowerBound) }
      #expect(try log.events(from: UInt64(event.lowerBound)) == [UInt64(event.lowerBound)] + rest)
    }
  }

  @Test("A start within an event is an error that names the events around it")
  func startWithin() throws {
    let fixture = try Fixture("mysql-9.7-full")
    let log = try TemporaryLog([fixture.bytes])
    let event = fixture.events[3]
    let problem = BinlogFileProblem.betweenEvents(UInt64(event.lowerBound), UInt64(event.upperBound))
    #expect(log.problem(from: UInt64(event.lowerBound) + 1) == problem)
    let behind = UInt64(fixture.bytes.count) + 1
    #expect(log.problem(from: behind) == .behindEnd(byteCount: UInt64(fixture.bytes.count)))
  }

  @Test("A cut is an error in a closed file and before the last file, and the end of the last file in use")
  func cuts() throws {
    let whole = try Fixture("mysql-9.7-no-checksum")
    let starts = whole.events.map { UInt64($0.lowerBound) }
    let last = try #require(whole.events.last)
    for count in last.lowerBound + 1..<last.upperBound {
      let present = UInt64(count - last.lowerBound)
      let isHeader = present < UInt64(BinlogEvents.headerByteCount)
      let problem = BinlogFileProblem.cutEvent(present: present, of: isHeader ? 0 : UInt64(last.count))
      let closed = TemporaryLog.marked(Array(whole.bytes[..<count]), inUse: false)
      let inUse = TemporaryLog.marked(Array(whole.bytes[..<count]), inUse: true)
      #expect(try TemporaryLog([closed]).problem() == problem)
      #expect(try TemporaryLog([inUse]).events() == starts.dropLast())
      #expect(try TemporaryLog([inUse, whole.bytes]).problem() == problem)
    }
  }

  @Test(
    "The events of every beginning of a file are the first ones of the whole, and then comes an error with its place")
  func survivesTruncation() throws {
    let fixture = try Fixture("mysql-9.7-compressed")
    let whole = fixture.events.map { UInt64($0.lowerBound) }
    for damaged in Damage.truncations(of: fixture.bytes) {
      let (starts, error) = try TemporaryLog([damaged]).eventsAndError()
      let count = fixture.events.count { $0.upperBound <= damaged.count }
      #expect(starts == Array(whole.prefix(count)))
      let isWhole = damaged.count == 4 || fixture.events.contains { $0.upperBound == damaged.count }
      #expect((error == nil) == isWhole, "\(damaged.count) bytes: \(String(describing: error))")
      try checkPlace(error, in: damaged)
    }
  }

  @Test("Single flipped bits give events or an error with its place")
  func survivesFlippedBits() throws {
    let fixture = try Fixture("mysql-9.7-compressed")
    // Every seventh flip: over the file that is each of a byte's bits as often as the others.
    for (index, damaged) in Damage.bitFlips(of: fixture.bytes).enumerated() where index.isMultiple(of: 7) {
      let (starts, error) = try TemporaryLog([damaged]).eventsAndError()
      // The in-use flag is in no checksum, and the first digit of the server's version says whether there are any.
      let isUnchecked = [21, 25].contains(index / 8)
      #expect(error != nil || isUnchecked, "bit \(index)")
      let place = UInt64(index / 8)
      #expect(starts.allSatisfy { $0 <= place } || error == nil, "bit \(index)")
      try checkPlace(error, in: damaged)
    }
  }

  /// An error names the file, a place in it, and the event's type where there is a header.
  private func checkPlace(_ error: BinlogFileError?, in file: [UInt8]) throws {
    guard let error else { return }
    guard case .binlog(let problem) = error else { throw error }
    #expect(problem.file == "log.000001" && problem.position <= UInt64(file.count), "\(problem)")
    if case .file = problem.cause { return }
    if case .decode(let field) = problem.cause, field.offset < BinlogEvents.headerByteCount { return }
    #expect(problem.eventType != nil, "\(problem)")
  }

  @Test(
    "Other files are named for what they are",
    arguments: [
      ([], .noMagic), ([0xFE, 0x62, 0x69], .noMagic), (Array("PAR1PAR1".utf8), .noMagic),
      ([0xFD, 0x62, 0x69, 0x6E, 0, 0], .encrypted(by: .mysql)),
      ([0xFE, 0xFE, 0x0D, 0x01] + [UInt8](repeating: 0, count: 508), .innoDB),
      (TemporaryLog.magic + startV3(version: 3, headerByteCount: 19), .oldVersion(3, server: "4.1.26-log")),
      (TemporaryLog.magic + startV3(version: 1, headerByteCount: 13), .oldVersion(1, server: "4.1.26-log")),
      (encrypted("11.8.2-MariaDB-log"), .encrypted(by: .mariadb)),
      (encrypted("10.1.48-MariaDB", algorithm: 0), .encrypted(by: .mariadb)),
      (encrypted("5.7.20-19-log"), .encrypted(by: .percona)),
    ] as [([UInt8], BinlogFileProblem)])
  func refuses(bytes: [UInt8], problem: BinlogFileProblem) throws {
    #expect(try TemporaryLog([bytes]).problem() == problem)
  }

  /// A file of a server of this version, encrypted behind its second event.
  private static func encrypted(_ version: String, algorithm: UInt8 = 1) -> [UInt8] {
    let isChecked = algorithm == 1
    let format = BinlogEvents.formatDescription(version: version, algorithm: algorithm)
    let key: [UInt8] = [1, 1, 0, 0, 0] + [UInt8](repeating: 7, count: 12)
    return TemporaryLog.magic + BinlogEvents.sealed(BinlogEvents.event(15, format), checksum: isChecked)
      + BinlogEvents.event(164, key, checksum: isChecked) + [UInt8](repeating: 0x5A, count: 40)
  }

  @Test("A START_ENCRYPTION whose checksum does not fit is damage, and one without a format no event of a binlog")
  func damagedEncryption() throws {
    var file = Self.encrypted("11.8.2-MariaDB-log")
    file[file.count - 42] ^= 1
    #expect(try Self.cause(of: file) == .checksumMismatch)
    #expect(try Self.cause(of: TemporaryLog.magic + BinlogEvents.event(164, [1, 0])) == .missingFormatDescription)
  }

  @Test("Another file behind the first, and zeros up to the end, are named", arguments: fixtures, [19, 4096, 600_000])
  func foreignEnd(name: String, zeros: Int) throws {
    let file = try Fixture(name).bytes
    let tail = [UInt8](repeating: 0, count: zeros)
    #expect(try TemporaryLog([file + file]).problem() == .anotherFile)
    #expect(try TemporaryLog([file + tail]).problem() == .onlyZeros(UInt64(zeros)))
    let size = DecodeError(.invalid, at: 9, "event_size")
    #expect(try Self.cause(of: file + tail + [1]) == .decode(size))
  }

  private static func cause(of file: [UInt8]) throws -> BinlogError.Cause? {
    let log = try TemporaryLog([file])
    do throws(BinlogFileError) {
      _ = try log.events()
      return nil
    } catch {
      guard case .binlog(let error) = error else { return nil }
      return error.cause
    }
  }

  private static func startV3(version: UInt16, headerByteCount: Int) -> [UInt8] {
    let name = Array("4.1.26-log".utf8)
    let body = BinlogEvents.littleEndian(version) + name + [UInt8](repeating: 0, count: 54 - name.count)
    let size = BinlogEvents.littleEndian(UInt32(headerByteCount + body.count))
    return [1, 0, 0, 0, 1, 1, 0, 0, 0] + size + [UInt8](repeating: 0, count: headerByteCount - 13) + body
  }

  @Test("Counts of the summary are those of the log", arguments: fixtures)
  func summary(name: String) throws {
    let fixture = try Fixture(name)
    let summary = try TemporaryLog([fixture.bytes]).summary()
    #expect(summary.events.values.reduce(0) { $0 + $1.count } == UInt64(fixture.events.count))
    #expect(summary.events.values.reduce(0) { $0 + $1.bytes } == UInt64(fixture.bytes.count - 4))
    #expect(summary.end == UInt64(fixture.bytes.count))
    #expect(!summary.tables.isEmpty && summary.unreadable == nil)
  }

  @Test("An event beyond the limit is an error with its place and both sizes, before it is read")
  func limit() throws {
    let fixture = try Fixture("mysql-9.7-full")
    let log = try TemporaryLog([fixture.bytes])
    let largest = fixture.events.map(\.count).max() ?? 0
    #expect(try log.events(maxEventBytes: largest).count == fixture.events.count)
    let first = try #require(fixture.events.first { $0.count == largest })
    do throws(BinlogFileError) {
      _ = try log.events(maxEventBytes: largest - 1)
      Issue.record("no error")
    } catch {
      guard case .binlog(let error) = error else { throw error }
      #expect(error.cause == .eventTooLarge(size: largest, limit: largest - 1))
      #expect(error.position == UInt64(first.lowerBound))
      #expect(error.description.hasPrefix("log.000001:\(first.lowerBound): "))
    }
  }
}
