import Bytes
import Dispatch
import Synchronization

/// Encodes and compresses the pages of a column chunk side by side, and lays them down in order.
///
///     pages 0, 1, 2, 3 … ──► workers, each with a codec of its own ──► page 0 | page 1 | page 2 | page 3 …
///
/// The calling thread is one of the workers, and returns when all pages are done. The bytes are the same whatever the
/// number of workers. Memory is bounded by two pages for each worker, and the compressed pages of one column chunk.
package struct ColumnChunkEncoder: ~Copyable {
  private let workers: [Worker]
  private var results: [PageResult]
  /// Result buffers larger than this are given back.
  private let bufferLimit: Int

  /// An encoder with as many workers as `properties` allow.
  package init(properties: WriterProperties) throws(ParquetError) {
    // Without compression a page is copied, and more cores do not copy faster.
    let workerCount = properties.compression == .none ? 1 : max(properties.threadCount, 1)
    var workers: [Worker] = []
    for _ in 0..<workerCount { workers.append(Worker(try PageEncoder(properties: properties))) }
    self.workers = workers
    results = []
    bufferLimit = 4 * properties.pageSize
  }

  /// Writes the dictionary page, if the plan has one, and all data pages, and tells what they are.
  ///
  /// Throws the error of the first page that has one.
  package mutating func encode(
    _ column: borrowing some ParquetColumn & ~Copyable, leaf: SchemaLeaf, plan: ColumnChunkPlan,
    to output: inout RowGroupOutput
  ) throws(ParquetError) -> EncodedPages {
    var pages = EncodedPages(at: output.offset)
    if let dictionary = plan.dictionary {
      pages.append(try workers[0].encoder.encode(dictionary, leaf: leaf, to: &output))
    }
    guard plan.pages.count > 1, workers.count > 1 else {
      for page in plan.pages {
        pages.append(
          try workers[0].encoder.encode(page, of: column, leaf: leaf, plan: plan, to: &output))
      }
      return pages
    }
    encodeSideBySide(column, leaf, plan)
    for result in results.prefix(plan.pages.count) { pages.append(try result.write(to: &output)) }
    return pages
  }

  /// Fills `results`: each worker takes the next page that nobody has taken yet.
  private mutating func encodeSideBySide(
    _ column: borrowing some ParquetColumn & ~Copyable, _ leaf: SchemaLeaf, _ plan: ColumnChunkPlan
  ) {
    while results.count < plan.pages.count { results.append(PageResult()) }
    let (results, workers, bufferLimit) = (results, workers, bufferLimit)
    let next = Atomic(0)
    DispatchQueue.concurrentPerform(iterations: min(workers.count, plan.pages.count)) { worker in
      while true {
        let index = next.add(1, ordering: .relaxed).oldValue
        guard index < plan.pages.count else { return }
        results[index].fill(bufferLimit) { output throws(ParquetError) in
          try workers[worker].encoder.encode(
            plan.pages[index], of: column, leaf: leaf, plan: plan, to: &output)
        }
      }
    }
  }
}

/// What one thread encodes with; no other uses it at the same time.
private final class Worker: @unchecked Sendable {
  var encoder: PageEncoder

  init(_ encoder: consuming PageEncoder) { self.encoder = encoder }
}

/// A page that was encoded before its turn. One worker fills it.
private final class PageResult: @unchecked Sendable {
  private var output = OutputBuffer()
  private var page: Result<EncodedPage, ParquetError>?

  func fill(_ limit: Int, _ encode: (inout OutputBuffer) throws(ParquetError) -> EncodedPage) {
    output.removeAll(shrinkingTo: limit)
    do throws(ParquetError) { page = .success(try encode(&output)) } catch { page = .failure(error) }
  }

  func write(to target: inout RowGroupOutput) throws(ParquetError) -> EncodedPage {
    guard let page else { preconditionFailure("a page was not encoded") }
    let encoded = try page.get()
    try Self.write(output, to: &target)
    return encoded
  }

  private static func write(
    _ source: borrowing OutputBuffer, to target: inout RowGroupOutput
  ) throws(ParquetError) {
    try target.write(source.bytes)
  }
}
