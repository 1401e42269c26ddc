import BinlogParser
import Bytes
import Pipeline
import TestSupport
import Testing

/// A file in use may end within an event; an event whose damaged size reaches behind the file's end is no such end.
@Suite struct DamagedSizeTests {
  /// What the events' `log_pos` tells of their sizes.
  enum Positions: CaseIterable {
    /// Where they end.
    case own
    /// Nothing, but for the first and the last event: as within a transaction of MariaDB 11.4.
    case none
    /// Where they end in the file of the master: a relay log.
    case masters
    /// Nothing, in a relay log: as of a master that is MariaDB 11.4.
    case noneOfMasters
  }

  private static let fixtures = ["mysql-9.7-full", "mysql-9.7-no-checksum", "mariadb-11.8-full"]

  /// The events of the fixture in a file in use.
  private static func events(_ name: String, _ positions: Positions) throws -> [[UInt8]] {
    let fixture = try Fixture(name)
    let isRelayLog = positions == .masters || positions == .noneOfMasters
    return fixture.events.enumerated().map { index, range in
      var event = Array(fixture.bytes[range])
      if index == 0 { event[17] = isRelayLog ? 0x40 : 0x01 }
      let isLast = index == fixture.events.count - 1
      switch positions {
      case .own: break
      case .none, .noneOfMasters:
        if index > 0, !isLast { event.replaceSubrange(13..<17, with: [0, 0, 0, 0]) }
      case .masters:
        if index > 0 {
          event.replaceSubrange(13..<17, with: BinlogEvents.littleEndian(UInt32(range.upperBound + 5000)))
        }
      }
      return BinlogEvents.sealed(event, checksum: !name.contains("no-checksum"))
    }
  }

  @Test("A size that is too large is an error at its event", arguments: fixtures, Positions.allCases)
  func damagedSize(_ name: String, _ positions: Positions) throws {
    let events = try Self.events(name, positions)
    var start = 4
    for (index, event) in events.enumerated() {
      for bit in [12, 20, 29, 30] where index > 0 {
        var damaged = events
        damaged[index][9 + bit / 8] ^= 1 << UInt8(bit % 8)
        guard 4 + damaged.joined().count < start + (1 << bit) else { continue }
        // Without checksums and with no event behind it, nothing tells that it is not the file's end.
        let isLast = index == events.count - 1
        if isLast, name.contains("no-checksum"), positions != .own, positions != .none { continue }
        let error = try #require(try Self.error(damaged), "\(name), \(positions): event at \(start), bit \(bit)")
        #expect(error.position == UInt64(start))
        #expect(error.eventType == EventType(rawValue: event[4]))
      }
      start += event.count
    }
  }

  @Test("A file in use may be cut anywhere behind its format", arguments: fixtures, Positions.allCases)
  func cut(_ name: String, _ positions: Positions) throws {
    let events = try Self.events(name, positions)
    let file = TemporaryLog.magic + events.joined()
    let first = 4 + events[0].count
    for count in stride(from: first, to: file.count, by: 7) {
      let read = try TemporaryLog([Array(file[..<count])]).events()
      let whole = BinlogEvents.ranges(in: file).filter { $0.upperBound <= count }
      #expect(read == whole.map { UInt64($0.lowerBound) }, "\(name), \(positions): cut at \(count)")
    }
  }

  @Test("A size beyond the limit is told as such, also where the file ends before it")
  func beyondTheLimit() throws {
    var events = try Self.events("mysql-9.7-full", .none)
    events[2][12] = 0x7F
    let size = 0x7F00_0000 | events[2].count
    #expect(try Self.error(events)?.cause == .eventTooLarge(size: size, limit: Limits.event))
  }

  @Test("The search goes on behind its first block, and ends")
  func largeRest() throws {
    var events = try Self.events("mysql-9.7-full", .none)
    let long = BinlogEvents.event(
      29, [0] + [UInt8](repeating: 0x1E, count: 3 << 20) + [UInt8](repeating: 0, count: 2 << 20), checksum: true)
    let last = events.removeLast()
    events += [long, BinlogEvents.sealed(Array(last[..<13]) + [0, 0, 0, 0] + last[17...])]
    var damaged = events
    damaged[events.count - 2][12] ^= 0x10
    let start = 4 + events.dropLast(2).joined().count
    #expect(try Self.error(damaged)?.position == UInt64(start))
    let cut = TemporaryLog.magic + events.joined().dropLast(events[events.count - 1].count + 100)
    #expect(try TemporaryLog([cut]).events().count == events.count - 2)
  }

  private static func error(_ events: [[UInt8]]) throws -> BinlogError? {
    let log = try TemporaryLog([TemporaryLog.magic + events.joined()])
    do throws(BinlogFileError) {
      _ = try log.events()
      return nil
    } catch {
      guard case .binlog(let error) = error else { return nil }
      return error
    }
  }
}
