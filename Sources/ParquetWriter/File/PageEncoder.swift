import Bytes

// https://github.com/apache/parquet-format/blob/master/README.md#data-pages

/// Turns one page after the other into header and compressed bytes.
///
/// What comes out depends on the page and the properties alone, so several encoders can share the pages of a column chunk
/// among threads, each with a codec and buffers of its own.
package struct PageEncoder: ~Copyable {
  private var compressor: Compressor
  /// The page before and after compression, and its header.
  private var body: OutputBuffer
  private var compressed: OutputBuffer
  private var header: CompactProtocolWriter
  /// Buffers larger than this are given back after the page.
  private let bufferLimit: Int

  /// An encoder with its own codec.
  package init(properties: WriterProperties) throws(ParquetError) {
    compressor = try Compressor(properties.compression)
    body = OutputBuffer()
    compressed = OutputBuffer()
    header = CompactProtocolWriter()
    bufferLimit = 4 * properties.pageSize
  }

  /// Writes the page at `index` of the column chunk, of which a dictionary page comes first, and tells what it is.
  package mutating func encode(
    pageAt index: Int, of column: borrowing some ParquetColumn & ~Copyable, leaf: SchemaLeaf,
    plan: ColumnChunkPlan, to output: inout some PageOutput & ~Copyable
  ) throws(ParquetError) -> EncodedPage {
    guard let dictionary = plan.dictionary else {
      return try encode(plan.pages[index], of: column, leaf: leaf, plan: plan, to: &output)
    }
    if index == 0 { return try encode(dictionary, leaf: leaf, to: &output) }
    return try encode(plan.pages[index - 1], of: column, leaf: leaf, plan: plan, to: &output)
  }

  /// Writes a data page with its header, and tells what it is.
  private mutating func encode(
    _ page: PageRange, of column: borrowing some ParquetColumn & ~Copyable, leaf: SchemaLeaf,
    plan: ColumnChunkPlan, to output: inout some PageOutput & ~Copyable
  ) throws(ParquetError) -> EncodedPage {
    body.removeAll(shrinkingTo: bufferLimit)
    column.appendLevels(of: page, leaf: leaf, to: &body)
    let stored = column.storedValues(of: page, plan: plan)
    if stored.isEmpty { column.appendValues(of: page, plan: plan, to: &body) }
    let count = Int32(clamping: page.entries.count)
    let content = PageHeader.Content.data(DataPageHeader(valueCount: count, encoding: plan.encoding(of: page)))
    return try finish(content, stored, valueCount: page.values.count, leaf, to: &output)
  }

  /// Writes a dictionary page with its header, and tells what it is.
  private mutating func encode(
    _ dictionary: ColumnChunkPlan.Dictionary, leaf: SchemaLeaf, to output: inout some PageOutput & ~Copyable
  ) throws(ParquetError) -> EncodedPage {
    body.removeAll(shrinkingTo: bufferLimit)
    body.append(contentsOf: dictionary.entries)
    let count = Int32(clamping: dictionary.entryCount)
    let content = PageHeader.Content.dictionary(DictionaryPageHeader(valueCount: count))
    return try finish(content, RawSpan(), valueCount: dictionary.entryCount, leaf, to: &output)
  }

  /// Writes the page of the `body` and, behind it, the `stored` values.
  private mutating func finish(
    _ content: PageHeader.Content, _ stored: RawSpan, valueCount: Int, _ leaf: SchemaLeaf,
    to output: inout some PageOutput & ~Copyable
  ) throws(ParquetError) -> EncodedPage {
    let uncompressedSize = try Self.size(body.count + stored.byteCount, leaf)
    compressed.removeAll(shrinkingTo: bufferLimit)
    let tail = try compressor.compress(&body, stored, valueCount: valueCount, to: &compressed)
    let compressedSize = try Self.size(compressed.count + tail.byteCount, leaf)
    header.output.removeAll()
    header.write(
      PageHeader(
        content: content, uncompressedSize: uncompressedSize, compressedSize: compressedSize,
        crc: CRC32.checksum(of: tail, from: CRC32.checksum(of: compressed.bytes))))
    try output.write(header.output.bytes)
    try output.write(compressed.bytes)
    try output.write(tail)
    return EncodedPage(
      content: content, headerSize: header.output.count, uncompressedSize: Int(uncompressedSize),
      compressedSize: Int(compressedSize))
  }

  private static func size(_ byteCount: Int, _ leaf: SchemaLeaf) throws(ParquetError) -> Int32 {
    guard let size = Int32(exactly: byteCount) else { throw .pageTooLarge(column: leaf.dottedPath, bytes: byteCount) }
    return size
  }
}
