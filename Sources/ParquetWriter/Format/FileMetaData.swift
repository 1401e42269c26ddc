import Bytes

// https://github.com/apache/parquet-format/blob/master/README.md#file-format

/// `FileMetaData`: the footer.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | version | i32 |
/// | 2 | schema | list of SchemaElement, the root first |
/// | 3 | num_rows | i64 |
/// | 4 | row_groups | list of RowGroup |
/// | 5 | key_value_metadata | list of KeyValue |
/// | 6 | created_by | string |
/// | 7 | column_orders | list of ColumnOrder, one for each column |
///
/// The row groups of a long file are many, so each is encoded as soon as it is written and only its bytes are kept.
package struct FileMetaData: ~Copyable {
  /// The first and the last bytes of every file.
  package static let magic: StaticString = "PAR1"
  /// RLE_DICTIONARY and logical types belong to version 2 of the format.
  private static let version: Int32 = 2

  private let schema: Schema
  private let createdBy: String
  private var rowGroups = CompactProtocolWriter()
  /// Row groups so far.
  package private(set) var rowGroupCount = 0
  /// Rows so far.
  package private(set) var rowCount = 0

  /// The metadata of a file without rows.
  package init(schema: Schema, createdBy: String) {
    self.schema = schema
    self.createdBy = createdBy
  }

  /// Adds a row group at the end.
  package mutating func append(_ rowGroup: RowGroup) {
    rowGroups.write(rowGroup)
    rowGroupCount += 1
    rowCount += rowGroup.rowCount
  }

  /// The end of the file: FileMetaData, its length as `int<4>`, and the magic bytes.
  package func footer(keyValueMetadata: [KeyValue]) -> OutputBuffer {
    var writer = CompactProtocolWriter(capacity: rowGroups.output.count + 1024)
    writer.field(1, Self.version)
    writer.field(2, list: schema.elements)
    writer.field(3, Int64(rowCount))
    writer.field(4, encodedStructs: rowGroups.output.bytes, count: rowGroupCount)
    if !keyValueMetadata.isEmpty { writer.field(5, list: keyValueMetadata) }
    writer.field(6, createdBy)
    writer.field(7, list: schema.leaves.map { _ in ColumnOrder.typeOrder })
    var output = writer.output
    output.append(0)
    output.appendLittleEndian(UInt32(truncatingIfNeeded: output.count))
    output.append(Self.magic)
    return output
  }
}
