import BinlogParser
import Foundation
import Logging
import MySQLWire

/// Says from time to time, on a thread of its own, how far a live run is behind its server, and warns before the server
/// removes what is still to be read.
final class LagMonitor: @unchecked Sendable {
  private let options: ConnectionOptions
  private let server: ServerIdentity
  private let status: StreamStatus
  private let intervalSeconds: Int
  private let condition = NSCondition()
  private var isStopped = false
  private let log = Logger(label: "metrics")

  /// A monitor that says it every `intervalSeconds`, and asks `server` over connections with `options`.
  init(_ options: ConnectionOptions, of server: ServerIdentity, _ status: StreamStatus, intervalSeconds: Int) {
    self.options = options
    self.server = server
    self.status = status
    self.intervalSeconds = intervalSeconds
  }

  /// Begins.
  func start() {
    let thread = Thread { [self] in
      while wait() { report() }
    }
    thread.name = "lag"
    thread.start()
  }

  /// Ends, at once unless the server is just being asked.
  func stop() {
    condition.lock()
    isStopped = true
    condition.signal()
    condition.unlock()
  }

  /// Waits for the next report; false when there will be none.
  private func wait() -> Bool {
    condition.lock()
    defer { condition.unlock() }
    let time = Date(timeIntervalSinceNow: Double(intervalSeconds))
    while !isStopped, Date() < time { _ = condition.wait(until: time) }
    return !isStopped
  }

  private func report() {
    let place = status.current
    let binlogs: [(name: String, size: UInt64)]?
    do throws(WireError) {
      let connection = try Connection(options, to: server)
      defer { connection.close() }
      binlogs = try ServerFacts.binlogs(connection)
    } catch {
      log.warning("lag: unknown, the server cannot be asked: \(error)")
      return
    }
    let lag = Lag(place, binlogs: binlogs, now: UInt32(clamping: Int(Date().timeIntervalSince1970)))
    log.info("\(lag)")
    if let warning = lag.warning { log.warning("\(warning)") }
  }
}

/// How far a stream is behind its server.
package struct Lag: Equatable, Sendable {
  /// Where the stream is.
  package let position: BinlogPosition
  /// Seconds since the last event that was received happened; 0 when there are no more.
  package let seconds: UInt32?
  /// Bytes of log that are still to come; nil where the server does not tell.
  package let bytes: UInt64?
  /// Files that the server can still remove before it comes to the one that is being read.
  package let olderFileCount: Int?
  private let newerFileCount: Int

  /// The lag of a stream at `place`, behind a server that has `binlogs`.
  init(_ place: StreamStatus.Place, binlogs: [(name: String, size: UInt64)]?, now: UInt32) {
    self.init(
      position: place.position, timestamp: place.timestamp, binlogs: binlogs ?? [], now: now)
  }

  /// The lag of a stream at `position`, whose last event happened at `timestamp`.
  package init(
    position: BinlogPosition, timestamp: UInt32, binlogs: [(name: String, size: UInt64)], now: UInt32
  ) {
    self.position = position
    let index = binlogs.firstIndex { $0.name == position.file }
    olderFileCount = index
    newerFileCount = index.map { binlogs.count - 1 - $0 } ?? 0
    let bytes = index.flatMap { Self.bytes(in: binlogs[$0...], behind: position.offset) }
    self.bytes = bytes
    seconds = bytes == 0 ? 0 : timestamp > 0 ? now - min(timestamp, now) : nil
  }

  /// The bytes of `binlogs` behind `offset` in the first of them; nil for sizes that no log has.
  private static func bytes(in binlogs: ArraySlice<(name: String, size: UInt64)>, behind offset: UInt64) -> UInt64? {
    var sum: UInt64 = 0
    for (index, binlog) in binlogs.enumerated() {
      let size = index == 0 ? binlog.size - min(offset, binlog.size) : binlog.size
      let (next, overflow) = sum.addingReportingOverflow(size)
      guard !overflow else { return nil }
      sum = next
    }
    return sum
  }

  /// What the administrator should know, if anything.
  package var warning: String? {
    guard bytes != nil else { return nil }
    guard olderFileCount == 0, newerFileCount > 0 else { return nil }
    return "\(position.file) is the oldest binlog that the server keeps, and \(newerFileCount) newer ones wait: "
      + "the server may purge it before it is read; raise binlog_expire_logs_seconds"
  }
}

extension Lag: CustomStringConvertible {
  /// "lag: 3 s, 4096 bytes, at binlog.000042:1234".
  package var description: String {
    let time = seconds.map { "\($0) s" } ?? "unknown"
    return "lag: \(time), \(bytes.map { "\($0) bytes" } ?? "bytes unknown"), at \(position)"
  }
}
