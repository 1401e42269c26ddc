import Bytes
import Synchronization

/// The work on one column of a row group: its plan, and its pages, which several threads encode at once.
///
/// Whoever claims the column first plans it; then each takes the next page that nobody has taken yet.
final class ColumnJob: @unchecked Sendable {
  let leaf: SchemaLeaf
  private let isPlanned = Atomic(false)
  private let nextPage = Atomic(0)
  private var plan: ColumnChunkPlan?
  private var results: [PageResult] = []
  private var statistics = Statistics(nullCount: 0, bounds: nil)
  private var levelCount = 0
  private var pages: [PageRange] = []
  /// The bounds of each page, where there is to be a page index.
  private var pageBounds: [Statistics.Bounds?] = []
  private var bloomFilter: BloomFilter?
  /// The pages that are laid down, and their number.
  private var laidDown: EncodedPages?
  private var laidDownCount = 0

  init(_ leaf: SchemaLeaf) { self.leaf = leaf }

  /// Plans the column, unless another thread does.
  func plan(
    _ column: borrowing some ParquetColumn & ~Copyable, rowCount: Int, properties: WriterProperties
  ) throws(ParquetError) {
    guard isPlanned.compareExchange(expected: false, desired: true, ordering: .relaxed).exchanged else { return }
    try leaf.check(column, rowCount: rowCount)
    let plan = column.plan(for: leaf.column, properties: properties)
    statistics = Statistics(nullCount: column.nullCount, bounds: bounds(column, plan.pages, properties))
    levelCount = column.levelCount
    if leaf.column.hasBloomFilter {
      column.withPlainValues { values, width in
        bloomFilter = BloomFilter(values, width: width, valueCount: levelCount - column.nullCount)
      }
    }
    results = (0..<plan.encodedPageCount).map { _ in PageResult() }
    self.plan = plan
  }

  /// Finds the bounds of all pages, and of each where there is to be a page index.
  private func bounds(
    _ column: borrowing some ParquetColumn & ~Copyable, _ pages: [PageRange], _ properties: WriterProperties
  ) -> Statistics.Bounds? {
    if properties.hasPageIndex {
      self.pages = pages
      pageBounds = pages.map { column.bounds(of: $0, for: leaf.column, properties: properties) }
      if let joined = leaf.column.joined(pageBounds, of: pages) { return joined }
    }
    guard let first = pages.first, let last = pages.last else { return nil }
    return column.bounds(of: first.joined(with: last), for: leaf.column, properties: properties)
  }

  /// Encodes pages that no other thread has taken, until there are none, and calls `didEncode` after each.
  func encode(
    _ column: borrowing some ParquetColumn & ~Copyable, with encoder: inout PageEncoder,
    didEncode: () throws(ParquetError) -> Void
  ) throws(ParquetError) {
    guard let plan else { return }
    while true {
      let index = nextPage.add(1, ordering: .relaxed).oldValue
      guard index < results.count else { return }
      results[index].fill { output throws(ParquetError) in
        try encoder.encode(pageAt: index, of: column, leaf: leaf, plan: plan, to: &output)
      }
      try didEncode()
    }
  }

  /// True for a column that did not come.
  var isPostponed: Bool { plan == nil }

  /// Lays down the next pages, up to the first that is not encoded yet; nil before all are there.
  func layDown(to output: inout RowGroupOutput, codec: CompressionCodec) throws(ParquetError) -> ColumnChunk? {
    var pages = laidDown ?? EncodedPages(at: output.offset)
    while laidDownCount < results.count, results[laidDownCount].isComplete {
      pages.append(try results[laidDownCount].write(to: &output))
      laidDownCount += 1
    }
    laidDown = pages
    return laidDownCount == results.count ? chunk(pages, codec) : nil
  }

  /// Encodes all pages straight into `output`.
  func write(
    _ column: borrowing some ParquetColumn & ~Copyable, with encoder: inout PageEncoder,
    to output: inout RowGroupOutput, codec: CompressionCodec
  ) throws(ParquetError) -> ColumnChunk? {
    guard let plan else { return nil }
    // The plan of one column is enough to hold.
    self.plan = nil
    var pages = EncodedPages(at: output.offset)
    for index in 0..<plan.encodedPageCount {
      pages.append(try encoder.encode(pageAt: index, of: column, leaf: leaf, plan: plan, to: &output))
    }
    return chunk(pages, codec)
  }

  /// Writes the bloom filter, where the column has one.
  func writeBloomFilter(of chunk: inout ColumnChunk, to output: inout RowGroupOutput) throws(ParquetError) {
    guard let filter = bloomFilter?.encoded else { return }
    chunk.metaData.bloomFilter = FileRange(offset: output.offset, length: filter.count)
    try output.write(filter.bytes)
  }

  private func chunk(_ encoded: EncodedPages, _ codec: CompressionCodec) -> ColumnChunk {
    let metaData = ColumnMetaData(
      leaf: leaf, codec: codec, valueCount: levelCount, statistics: statistics, pages: encoded)
    let index = pages.isEmpty ? nil : PageIndex(pages, pageBounds, encoded, leaf.column)
    return ColumnChunk(metaData: metaData, pageIndex: index)
  }
}

extension SchemaLeaf {
  /// Throws unless `column` can stand here with `rowCount` rows.
  fileprivate func check(
    _ column: borrowing some ParquetColumn & ~Copyable, rowCount: Int
  ) throws(ParquetError) {
    guard column.type == self.column.type else {
      throw .batchMismatch("column \(dottedPath) has values of another type")
    }
    guard column.fits(self) else { throw .batchMismatch("column \(dottedPath) is nested otherwise") }
    guard column.rowCount == rowCount else {
      throw .batchMismatch("column \(dottedPath) has \(column.rowCount) rows instead of \(rowCount)")
    }
    guard hasLevels || column.nullCount == 0 else {
      throw .batchMismatch("column \(dottedPath) is required and has nulls")
    }
  }
}

/// A page that was encoded before its turn. One thread fills it, and another one takes it once it is complete.
private final class PageResult: @unchecked Sendable {
  private let isFilled = Atomic(false)
  private var output = OutputBuffer(capacity: 16)
  private var page: Result<EncodedPage, ParquetError>?

  func fill(_ encode: (inout OutputBuffer) throws(ParquetError) -> EncodedPage) {
    do throws(ParquetError) { page = .success(try encode(&output)) } catch { page = .failure(error) }
    isFilled.store(true, ordering: .releasing)
  }

  /// True once the page can be written.
  var isComplete: Bool { isFilled.load(ordering: .acquiring) }

  /// Writes the page, and gives its memory back.
  func write(to target: inout RowGroupOutput) throws(ParquetError) -> EncodedPage {
    guard let page else { preconditionFailure("a page was not encoded") }
    let encoded = try page.get()
    try Self.write(output, to: &target)
    output = OutputBuffer(capacity: 16)
    return encoded
  }

  private static func write(
    _ source: borrowing OutputBuffer, to target: inout RowGroupOutput
  ) throws(ParquetError) {
    try target.write(source.bytes)
  }
}
