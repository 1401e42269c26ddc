import BinlogParser

/// Tells of rows that went without being logged: of the first of a table or a database at once, and of others of it at most once a
/// minute.
package struct EmptiedTableWatch: Sendable {
  private let notice: @Sendable (PipelineNotice) -> Void
  /// Number of times that it happened.
  package private(set) var count: UInt64 = 0
  private var last: [EmptiedTables: ContinuousClock.Instant] = [:]

  /// More names than this are told of without looking when that was done last.
  private static let nameLimit = 1000

  /// A watch that calls `notice`.
  package init(_ notice: @escaping @Sendable (PipelineNotice) -> Void) { self.notice = notice }

  /// Takes the rows that the statement in the event `frame` removed.
  ///
  /// - Parameter shown: tables of a schema of which the output shows it.
  package mutating func note(
    _ emptied: EmptiedTables, shown: Int = 0, _ file: String, _ frame: EventFrame,
    at now: ContinuousClock.Instant? = nil
  ) {
    let now = now ?? .now
    switch emptied {
    case .whole(let tables), .partitions(let tables): for table in tables { note(table, file, frame, now) }
    case .schema(let name):
      count += 1
      guard isDue(emptied, now) else { return }
      notice(
        .droppedDatabase(
          String(decoding: name, as: UTF8.self), shown: shown, count: count, file: file,
          position: frame.start))
    }
  }

  private mutating func note(
    _ table: TableName, _ file: String, _ frame: EventFrame, _ now: ContinuousClock.Instant
  ) {
    count += 1
    guard isDue(.whole([table]), now) else { return }
    notice(.emptiedTable(table.description, count: count, file: file, position: frame.start))
  }

  private mutating func isDue(_ emptied: EmptiedTables, _ now: ContinuousClock.Instant) -> Bool {
    if let last = last[emptied], last.duration(to: now) < StatementWatch.interval { return false }
    if last.count >= Self.nameLimit { last.removeAll() }
    last[emptied] = now
    return true
  }
}
