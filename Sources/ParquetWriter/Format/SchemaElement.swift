// https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift

/// `SchemaElement`: one node of the schema tree; the root comes first and counts its children.
///
/// | Id | Field | Type |
/// |---|---|---|
/// | 1 | type | i32 Type, leaves only |
/// | 3 | repetition_type | i32 FieldRepetitionType, not on the root |
/// | 4 | name | string |
/// | 5 | num_children | i32, the root only |
/// | 6 | converted_type | i32 ConvertedType |
/// | 10 | logicalType | union LogicalType |
package enum SchemaElement: ThriftStruct, Sendable {
  /// The root of a flat schema.
  case root(name: String, childCount: Int32)
  /// A column.
  case leaf(ColumnDescriptor)

  package func writeFields(to writer: inout CompactProtocolWriter) {
    switch self {
    case .root(let name, let childCount):
      writer.field(4, name)
      writer.field(5, childCount)
    case .leaf(let column):
      writer.field(1, column.type)
      writer.field(3, column.repetition)
      writer.field(4, column.name)
      guard let logicalType = column.logicalType else { return }
      writer.field(6, logicalType.convertedType)
      writer.field(10, logicalType)
    }
  }
}
