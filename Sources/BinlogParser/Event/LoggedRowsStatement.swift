import Bytes

/// ROWS_QUERY and ANNOTATE_ROWS: the statement whose rows follow, in the character set of its session.
///
/// ANNOTATE_ROWS is nothing but the statement. ROWS_QUERY begins with
///
///     int<1>  the statement's length in bytes, or 255: of no use
enum LoggedRowsStatement {
  /// The statement in a ROWS_QUERY's body.
  ///
  /// - Throws: `DecodeError` for a body of no bytes.
  @_lifetime(copy body)
  static func text(ofRowsQuery body: RawSpan) throws(DecodeError) -> RawSpan {
    var cursor = ByteCursor(body)
    try cursor.skip(1, "length")
    return cursor.rest()
  }
}
