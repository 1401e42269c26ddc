/// The fields of rows events, which only their table map makes readable.
extension EventField {
  /// The table, and how many rows there are.
  ///
  /// - Throws: `BinlogError` for rows that cannot be read.
  public static func fields(of rows: borrowing RowsEvent, _ table: TablePlan) throws(BinlogError) -> [EventField] {
    var images = try RowCursor(rows, table)
    return [
      EventField(name: "Table", value: table.qualifiedName),
      EventField(name: "Rows", value: "\(try images.countRows())"),
    ]
  }
}
