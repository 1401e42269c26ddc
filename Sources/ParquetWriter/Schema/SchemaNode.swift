// https://github.com/apache/parquet-format/blob/master/LogicalTypes.md#nested-types

/// A node of the schema tree: a column, or a group of nodes.
public enum SchemaNode: Sendable, Equatable {
  /// A leaf.
  case column(ColumnDescriptor)
  /// Nodes under a name.
  case group(SchemaGroup)

  /// `optional group <name> (LIST) { repeated group list { <element> } }`; the element's name is to be "element".
  public static func list(
    _ name: String, _ repetition: FieldRepetitionType, fieldID: Int32? = nil, element: SchemaNode
  ) -> SchemaNode {
    let entries = SchemaNode.group(SchemaGroup("list", .repeated, [element]))
    return .group(SchemaGroup(name, repetition, [entries], logicalType: .list, fieldID: fieldID))
  }

  /// `optional group <name> (MAP) { repeated group key_value { <key> <value> } }`; the names are to be "key", which is
  /// required, and "value".
  public static func map(
    _ name: String, _ repetition: FieldRepetitionType, fieldID: Int32? = nil, key: ColumnDescriptor, value: SchemaNode
  ) -> SchemaNode {
    let entries = SchemaNode.group(SchemaGroup("key_value", .repeated, [.column(key), value]))
    return .group(SchemaGroup(name, repetition, [entries], logicalType: .map, fieldID: fieldID))
  }

  /// The name, unique among the neighbours.
  var name: String {
    switch self {
    case .column(let column): column.name
    case .group(let group): group.name
    }
  }

  /// How often the node occurs in a row or in the group around it.
  var repetition: FieldRepetitionType {
    switch self {
    case .column(let column): column.repetition
    case .group(let group): group.repetition
    }
  }
}

/// A group of nodes: a struct, a list, a map, or the entry of one of those.
public struct SchemaGroup: Sendable, Equatable {
  /// The name, unique among its neighbours.
  public let name: String
  /// How often the group occurs in a row or in the group around it.
  public let repetition: FieldRepetitionType
  /// The nodes in their order.
  public let children: [SchemaNode]
  /// LIST or MAP; nil for a struct.
  public let logicalType: LogicalType?
  /// Number by which readers find the group when its name changes.
  public let fieldID: Int32?

  /// A group.
  public init(
    _ name: String, _ repetition: FieldRepetitionType, _ children: [SchemaNode], logicalType: LogicalType? = nil,
    fieldID: Int32? = nil
  ) {
    self.name = name
    self.repetition = repetition
    self.children = children
    self.logicalType = logicalType
    self.fieldID = fieldID
  }
}
