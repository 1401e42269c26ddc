/// Takes the columns of a batch, in schema order; each thread that works on a row group has one.
public struct ColumnReceiver: ~Copyable {
  private let group: RowGroupJob
  private let task: Task
  private let encoder: SharedPageEncoder
  /// Columns so far.
  private var count = 0

  /// Use of the columns.
  enum Task {
    /// Plan those that are not planned yet.
    case plan
    /// Encode their pages, beside other threads.
    case encode
    /// Plan and write them.
    case write
  }

  init(_ group: RowGroupJob, _ task: Task, _ encoder: SharedPageEncoder) {
    self.group = group
    self.task = task
    self.encoder = encoder
  }

  /// Leaves out the next column, whose values are not known yet; called by the batch, for one column at most.
  public mutating func postpone() { count += 1 }

  /// Takes the next column; called by the batch.
  public mutating func append(_ column: borrowing some ParquetColumn & ~Copyable) throws(ParquetError) {
    guard count < group.columns.count else { throw .batchMismatch("more than \(group.columns.count) columns") }
    let job = group.columns[count]
    switch task {
    case .plan: try job.plan(column, rowCount: group.rowCount, properties: group.properties)
    case .encode:
      try job.encode(column, with: &encoder.encoder) { () throws(ParquetError) in try group.layDown() }
    case .write:
      try job.plan(column, rowCount: group.rowCount, properties: group.properties)
      let codec = group.properties.compression.codec
      group.chunks[count] = try job.write(column, with: &encoder.encoder, to: &group.output, codec: codec)
    }
    count += 1
  }

  /// Throws unless all columns came.
  consuming func finish() throws(ParquetError) {
    guard count == group.columns.count else {
      throw .batchMismatch("\(count) columns instead of \(group.columns.count)")
    }
  }
}

/// Codec and buffers of one thread; no other uses them at the same time.
final class SharedPageEncoder: @unchecked Sendable {
  var encoder: PageEncoder

  init(_ encoder: consuming PageEncoder) { self.encoder = encoder }
}
