// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `SchemaElement`: one node of the schema tree; groups count their children, which follow.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | type | i32 Type, leaves only |
/// | 2 | type_length | i32, FIXED_LEN_BYTE_ARRAY only |
/// | 3 | repetition_type | i32 FieldRepetitionType, not on the root |
/// | 4 | name | string |
/// | 5 | num_children | i32, groups only |
/// | 6 | converted_type | i32 ConvertedType |
/// | 7 | scale | i32, DECIMAL only |
/// | 8 | precision | i32, DECIMAL only |
/// | 9 | field_id | i32 |
/// | 10 | logicalType | union LogicalType |
package enum SchemaElement: ThriftStruct, Sendable {
  /// The root.
  case root(name: String, childCount: Int32)
  /// A group below the root.
  case group(SchemaGroup)
  /// A column.
  case leaf(ColumnDescriptor)

  package func writeFields(to writer: inout CompactProtocolWriter) {
    switch self {
    case .root(let name, let childCount):
      writer.field(4, name)
      writer.field(5, childCount)
    case .group(let group):
      writer.field(3, group.repetition)
      writer.field(4, group.name)
      writer.field(5, Int32(clamping: group.children.count))
      Self.write(group.logicalType, group.fieldID, to: &writer)
    case .leaf(let column):
      writer.field(1, column.type.code)
      if let length = column.type.length { writer.field(2, length) }
      writer.field(3, column.repetition)
      writer.field(4, column.name)
      Self.write(column.logicalType, column.fieldID, to: &writer)
    }
  }

  private static func write(
    _ logicalType: LogicalType?, _ fieldID: Int32?, to writer: inout CompactProtocolWriter
  ) {
    if let type = logicalType?.convertedType { writer.field(6, type) }
    if case .decimal(let precision, let scale) = logicalType {
      writer.field(7, scale)
      writer.field(8, precision)
    }
    if let fieldID { writer.field(9, fieldID) }
    if let logicalType { writer.field(10, logicalType) }
  }
}
