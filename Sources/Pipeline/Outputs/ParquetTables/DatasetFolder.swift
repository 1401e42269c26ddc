import BinlogParser

/// The folder of a table's dataset, below the output folder: `<db>/<table>`.
package enum DatasetFolder {
  /// The folder of `table`. Names are escaped as those of partitions are; besides, the dot at the start of one, which hides a folder
  /// or leads out of it, and the name of the folder of the documents.
  package static func path(_ table: TableName) -> String {
    "\(schema(table.schema))/\(name(table.table))"
  }

  /// The folder of the datasets of a schema.
  static func schema(_ bytes: [UInt8]) -> String {
    let name = name(bytes)
    return name == DatasetDocument.folder ? "%5Fschemas" : name
  }

  private static func name(_ bytes: [UInt8]) -> String {
    let name = HiveFolder.escaped(bytes)
    if name.isEmpty { return "%" }
    return name.hasPrefix(".") ? "%2E" + name.dropFirst() : name
  }
}
