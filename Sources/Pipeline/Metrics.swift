import Foundation

/// Figures of a run, for its last log lines and for progress: a property for each, however many there are.
public struct Metrics: Sendable {
  /// Rows of included tables.
  public var rows: UInt64 = 0
  /// The number of the last row of the last whole transaction (`RowSequence`).
  public var sequence: Int64 = 0
  /// Batches written to files, or blocks of text to stdout.
  public var batches: UInt64 = 0
  /// Bytes written.
  public var bytesWritten: UInt64 = 0
  /// Output files that were begun, or would have been had there been rows.
  var parts: UInt64 = 0
  /// Bytes of the latest one.
  var partBytes = 0
  /// Events looked at.
  public var events: UInt64 = 0
  /// Bytes of these events.
  public var eventBytes: UInt64 = 0
  /// Runs of bytes that were no text in their column's character set.
  public var replacements: UInt64 = 0
  /// Statements that changed rows of included tables without logging them as rows.
  public var statementChanges: UInt64 = 0
  /// Number of times that rows of an included table were removed without being logged as rows: TRUNCATE, DROP TABLE, partitions.
  public var emptiedTables: UInt64 = 0
  /// Events with rows of included tables whose kind is not wanted.
  public var unwantedRowEvents: UInt64 = 0
  /// True if the rows came to the pipeline's limit, behind which it takes no more events.
  public var reachedRowLimit = false
  /// Time spent decoding rows.
  public var processing: Duration = .zero
  /// Time spent encoding, compressing and writing.
  public var flush: Duration = .zero

  /// All zero.
  public init() {}
}

/// Metrics that every stage adds to, and anyone may read.
public final class SharedMetrics: @unchecked Sendable {
  private let lock = NSLock()
  private var metrics = Metrics()

  /// All zero.
  public init() {}

  /// Changes the figures as one step.
  public func update(_ body: (inout Metrics) -> Void) {
    lock.lock()
    defer { lock.unlock() }
    body(&metrics)
  }

  /// The figures now.
  public var snapshot: Metrics {
    lock.lock()
    defer { lock.unlock() }
    return metrics
  }
}
