import BinlogParser

/// Tells of tables whose rows went without being logged as rows: of the first at once, and of each other at most once a minute.
package struct EmptiedTableWatch: Sendable {
  private let notice: @Sendable (PipelineNotice) -> Void
  /// Number of times that it happened.
  package private(set) var count: UInt64 = 0
  private var last: [TableName: ContinuousClock.Instant] = [:]

  /// More tables than this are told of without looking when that was done last.
  private static let tableLimit = 1000

  /// A watch that calls `notice`.
  package init(_ notice: @escaping @Sendable (PipelineNotice) -> Void) { self.notice = notice }

  /// Takes the tables that the statement in the event `frame` emptied.
  package mutating func note(
    _ tables: [TableName], _ file: String, _ frame: EventFrame, at now: ContinuousClock.Instant? = nil
  ) {
    for table in tables {
      count += 1
      let now = now ?? .now
      if let last = last[table], last.duration(to: now) < StatementWatch.interval { continue }
      if last.count >= Self.tableLimit { last.removeAll() }
      last[table] = now
      notice(.emptiedTable(table.description, count: count, file: file, position: frame.start))
    }
  }
}
