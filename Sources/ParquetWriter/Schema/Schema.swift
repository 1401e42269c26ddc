/// The schema of a file: a tree whose leaves are its columns.
public struct Schema: Sendable, Equatable {
  /// The nodes below the root.
  let nodes: [SchemaNode]
  /// The columns in their order.
  public let leaves: [SchemaLeaf]

  /// The schema with `nodes` below its root.
  public init(nodes: [SchemaNode]) {
    self.nodes = nodes
    leaves = nodes.flatMap { $0.leaves() }
  }

  /// A flat schema: columns without nesting.
  public init(_ columns: [ColumnDescriptor]) {
    self.init(nodes: columns.map { .column($0) })
  }

  /// The tree with its root, depth first.
  var elements: [SchemaElement] {
    [.root(name: "schema", childCount: Int32(clamping: nodes.count))] + nodes.flatMap(\.elements)
  }
}

extension SchemaNode {
  /// This node and those below it, depth first.
  fileprivate var elements: [SchemaElement] {
    switch self {
    case .column(let column): [.leaf(column)]
    case .group(let group): [.group(group)] + group.children.flatMap(\.elements)
    }
  }
}
