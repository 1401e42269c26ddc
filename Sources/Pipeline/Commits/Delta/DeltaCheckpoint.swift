import Bytes
import ParquetWriter
import Platform

// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#checkpoints

/// The state of a Delta table in one Parquet file, so that readers need not read the whole log.
package struct DeltaCheckpoint: RowBatch {
  private let actions: [DeltaAction]

  /// The checkpoint of `snapshot`.
  package init(_ snapshot: DeltaSnapshot) { actions = snapshot.actions }

  /// Versions between two checkpoints.
  static let interval: Int64 = 100
  static let ending = ".checkpoint.parquet"

  package var rowCount: Int { actions.count }
  package var byteCount: Int { actions.count * 1024 }

  /// Writes the checkpoint into `file`; `writer` is named in it.
  package func write(to file: any OutputFile, writer: ApplicationVersion) throws(ParquetError) {
    var properties = WriterProperties(application: writer)
    // The columns are made while they are written.
    properties.threadCount = 1
    var encoder = try RowGroupEncoder(properties: properties)
    let output = try ParquetFileWriter(file, schema: Self.schema, application: writer)
    try output.writeRowGroup(self, &encoder)
    _ = try output.complete()
  }

  // MARK: Schema

  private static let schema = Schema(nodes: [
    group("txn", [text("appId"), number("version"), number("lastUpdated")]),
    group(
      "add",
      [
        text("path"), map("partitionValues"), number("size"), number("modificationTime"), flag("dataChange"),
        text("stats"),
      ]),
    group(
      "remove",
      [
        text("path"), number("deletionTimestamp"), flag("dataChange"), flag("extendedFileMetadata"),
        map("partitionValues"), number("size"),
      ]),
    group(
      "metaData",
      [
        text("id"), text("name"), text("description"), group("format", [text("provider"), map("options")]),
        text("schemaString"), list("partitionColumns"), map("configuration"), number("createdTime"),
      ]),
    group(
      "protocol",
      [version("minReaderVersion"), version("minWriterVersion"), list("readerFeatures"), list("writerFeatures")]),
  ])

  private static func group(_ name: String, _ children: [SchemaNode]) -> SchemaNode {
    .group(SchemaGroup(name, .optional, children))
  }

  private static func textColumn(_ name: String, _ repetition: FieldRepetitionType) -> ColumnDescriptor {
    ColumnDescriptor(name, .byteArray, repetition, logicalType: .string, bounds: .none)
  }

  private static func text(_ name: String) -> SchemaNode { .column(textColumn(name, .optional)) }

  private static func number(_ name: String) -> SchemaNode {
    .column(ColumnDescriptor(name, .int64, .optional, bounds: .none))
  }

  private static func version(_ name: String) -> SchemaNode {
    .column(ColumnDescriptor(name, .int32, .optional, bounds: .none))
  }

  private static func flag(_ name: String) -> SchemaNode {
    .column(ColumnDescriptor(name, .boolean, .optional, bounds: .none))
  }

  private static func list(_ name: String) -> SchemaNode { .list(name, .optional, element: text("element")) }

  private static func map(_ name: String) -> SchemaNode {
    .map(name, .optional, key: textColumn("key", .required), value: text("value"))
  }

  // MARK: Columns

  /// A row's value at a leaf.
  fileprivate enum Entry<Value> {
    /// No value; so many nodes of the leaf's path are there.
    case absent(Int)
    /// The value, or those of a list, some of which may be null.
    case values([Value?])
  }

  package func appendColumns(to receiver: inout ColumnReceiver) throws(ParquetError) {
    try appendText(&receiver) { $0.txn.map(\.appId) }
    try appendNumber(&receiver, \.txn) { $0.version }
    try appendNumber(&receiver, \.txn) { $0.lastUpdated }

    try appendText(&receiver) { $0.add?.path }
    try appendMap(&receiver, \.add) { $0.partitionValues }
    try appendNumber(&receiver, \.add) { $0.size }
    try appendNumber(&receiver, \.add) { $0.modificationTime }
    try appendFlag(&receiver, \.add) { $0.dataChange }
    try appendText(&receiver, \.add) { $0.stats }

    try appendText(&receiver) { $0.remove?.path }
    try appendNumber(&receiver, \.remove) { $0.deletionTimestamp }
    try appendFlag(&receiver, \.remove) { $0.dataChange }
    try appendFlag(&receiver, \.remove) { $0.extendedFileMetadata }
    try appendMap(&receiver, \.remove) { $0.partitionValues }
    try appendNumber(&receiver, \.remove) { $0.size }

    try appendMetaData(to: &receiver)

    try appendVersion(&receiver) { $0.protocol?.minReaderVersion }
    try appendVersion(&receiver) { $0.protocol?.minWriterVersion }
    try appendList(&receiver, \.protocol) { $0.readerFeatures }
    try appendList(&receiver, \.protocol) { $0.writerFeatures }
  }

  private func appendMetaData(to receiver: inout ColumnReceiver) throws(ParquetError) {
    try appendText(&receiver) { $0.metaData?.id }
    try appendText(&receiver, \.metaData) { $0.name }
    try appendText(&receiver, \.metaData) { $0.description }
    try appendText(&receiver, optional: 3) { action in
      action.metaData.map { .values([$0.format.provider]) } ?? .absent(0)
    }
    try appendMap(&receiver, depth: 2) { action in action.metaData.map { ($0.format.options, true) } ?? (nil, false) }
    try appendText(&receiver, \.metaData) { $0.schemaString }
    try appendList(&receiver, \.metaData) { $0.partitionColumns }
    try appendMap(&receiver, \.metaData) { $0.configuration?.mapValues { $0 } }
    try appendNumber(&receiver, \.metaData) { $0.createdTime }
  }
}

extension DeltaCheckpoint {
  /// Adds a text that each action of its kind has.
  private func appendText(
    _ receiver: inout ColumnReceiver, _ value: (DeltaAction) -> String?
  ) throws(ParquetError) {
    try appendText(&receiver, optional: 2) { value($0).map { .values([$0]) } ?? .absent(0) }
  }

  private func appendText<Kind>(
    _ receiver: inout ColumnReceiver, _ kind: (DeltaAction) -> Kind?, _ value: (Kind) -> String?
  ) throws(ParquetError) {
    try appendText(&receiver, optional: 2) { Self.entry(kind($0), value) }
  }

  private func appendNumber<Kind>(
    _ receiver: inout ColumnReceiver, _ kind: (DeltaAction) -> Kind?, _ value: (Kind) -> Int64?
  ) throws(ParquetError) {
    var column = NestedColumn(Int64Column(), optional: 2, repeated: 0)
    for action in actions {
      let value = column.appendLevels(Self.entry(kind(action), value), optional: 2).first ?? nil
      if let value { column.values.append(value) }
    }
    try receiver.append(column)
  }

  private func appendVersion(
    _ receiver: inout ColumnReceiver, _ value: (DeltaAction) -> Int?
  ) throws(ParquetError) {
    var column = NestedColumn(Int32Column(), optional: 2, repeated: 0)
    for action in actions {
      let entry = value(action).map { Entry.values([Int32(clamping: $0)]) } ?? .absent(0)
      if let value = column.appendLevels(entry, optional: 2).first ?? nil { column.values.append(value) }
    }
    try receiver.append(column)
  }

  private func appendFlag<Kind>(
    _ receiver: inout ColumnReceiver, _ kind: (DeltaAction) -> Kind?, _ value: (Kind) -> Bool?
  ) throws(ParquetError) {
    var column = NestedColumn(BooleanColumn(), optional: 2, repeated: 0)
    for action in actions {
      let entry = Self.entry(kind(action), value)
      if let value = column.appendLevels(entry, optional: 2).first ?? nil { column.values.append(value) }
    }
    try receiver.append(column)
  }

  private func appendList<Kind>(
    _ receiver: inout ColumnReceiver, _ kind: (DeltaAction) -> Kind?, _ value: (Kind) -> [String]?
  ) throws(ParquetError) {
    try appendText(&receiver, optional: 3, repeated: 1) { action in
      let list: [String?]?? = kind(action).map { kind in value(kind).map { texts in texts.map { Optional($0) } } }
      return Self.entry(list, depth: 1)
    }
  }

  private func appendMap<Kind>(
    _ receiver: inout ColumnReceiver, _ kind: (DeltaAction) -> Kind?, _ value: (Kind) -> [String: String?]?
  ) throws(ParquetError) {
    try appendMap(&receiver, depth: 1) { action in kind(action).map { (value($0), true) } ?? (nil, false) }
  }

  /// Adds keys and values of a map below `depth` groups; `isThere` tells whether these are.
  private func appendMap(
    _ receiver: inout ColumnReceiver, depth: Int, _ value: (DeltaAction) -> (map: [String: String?]?, isThere: Bool)
  ) throws(ParquetError) {
    let maps = actions.map { action -> [(key: String, value: String?)]?? in
      let (map, isThere) = value(action)
      guard isThere else { return .none }
      return .some(map?.sorted { $0.key < $1.key })
    }
    try appendText(&receiver, optional: depth + 1, repeated: 1, maps) {
      Self.entry($0.map { $0?.map { Optional($0.key) } }, depth: depth)
    }
    try appendText(&receiver, optional: depth + 2, repeated: 1, maps) {
      Self.entry($0.map { $0?.map(\.value) }, depth: depth)
    }
  }

  private func appendText(
    _ receiver: inout ColumnReceiver, optional: Int, repeated: Int = 0, _ entry: (DeltaAction) -> Entry<String>
  ) throws(ParquetError) {
    try appendText(&receiver, optional: optional, repeated: repeated, actions, entry)
  }

  private func appendText<Row>(
    _ receiver: inout ColumnReceiver, optional: Int, repeated: Int, _ rows: [Row], _ entry: (Row) -> Entry<String>
  ) throws(ParquetError) {
    var column = NestedColumn(ByteArrayColumn(), optional: optional, repeated: repeated)
    for row in rows {
      for value in column.appendLevels(entry(row), optional: optional, repeated: repeated) {
        if let value { try column.values.append(Array(value.utf8).bytes) }
      }
    }
    try receiver.append(column)
  }

  /// The entry of a value of an action that has it, may have it, or is of another kind.
  private static func entry<Kind, Value>(_ action: Kind?, _ value: (Kind) -> Value?) -> Entry<Value> {
    guard let action else { return .absent(0) }
    return value(action).map { .values([$0]) } ?? .absent(1)
  }

  /// The entry of a list below `depth` groups: nil where those are not there, and nil in it where the list is not.
  private static func entry<Value>(_ list: [Value?]??, depth: Int) -> Entry<Value> {
    guard let list else { return .absent(0) }
    guard let list else { return .absent(depth) }
    return list.isEmpty ? .absent(depth + 1) : .values(list)
  }
}

extension NestedColumn where Values: ~Copyable {
  /// Adds the levels of `entry`; returns the values that belong to them.
  fileprivate mutating func appendLevels<Value>(
    _ entry: DeltaCheckpoint.Entry<Value>, optional: Int, repeated: Int = 0
  ) -> [Value?] {
    switch entry {
    case .absent(let depth):
      appendEntries(EntryLevels(repetition: 0, definition: depth))
      return []
    case .values(let values):
      for (index, value) in values.enumerated() {
        let definition = optional + repeated - (value == nil ? 1 : 0)
        appendEntries(EntryLevels(repetition: min(index, repeated), definition: definition))
      }
      return values
    }
  }
}
