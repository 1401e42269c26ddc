import Bytes

/// QUERY: a statement, as text.
///
///     int<4>       slave_proxy_id   the connection's id
///     int<4>       execution time   seconds
///     int<1>       schema length
///     int<2>       error code
///     int<2>       status variables' length
///     string       status variables
///     string<NUL>  schema
///     string<EOF>  statement
///
/// MariaDB's QUERY_COMPRESSED has the same fields; its statement is compressed (`CompressedBytes`).
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/classmysql_1_1binlog_1_1event_1_1Query__event.html>.
public struct QueryEvent: ~Escapable {
  /// The id of the connection that ran the statement.
  let threadID: UInt32
  /// Settings of the session that ran the statement.
  let statusVariables: RawSpan
  /// The statement's default database.
  public let schema: RawSpan
  /// The statement.
  public let statement: RawSpan

  /// Reads the event's body.
  ///
  /// - Throws: `DecodeError` for a cut body.
  @_lifetime(copy body)
  public init(_ body: RawSpan) throws(DecodeError) { try self.init(body, addedByteCount: 0) }

  /// Reads the body of an EXECUTE_LOAD_QUERY: a LOAD DATA whose file came in the events before it.
  ///
  /// Its post-header ends with `int<4>` file id, `int<4>` and `int<4>` place of the file's name in the statement, and
  /// `int<1>` what to do with duplicates.
  ///
  /// - Throws: `DecodeError` for a cut body.
  @_lifetime(copy body)
  public init(executeLoadQuery body: RawSpan) throws(DecodeError) { try self.init(body, addedByteCount: 13) }

  @_lifetime(copy body)
  private init(_ body: RawSpan, addedByteCount: Int) throws(DecodeError) {
    var cursor = ByteCursor(body)
    threadID = try cursor.uint32("slave_proxy_id")
    try cursor.skip(4, "execution time")
    let schemaCount = Int(try cursor.uint8("schema length"))
    try cursor.skip(2, "error code")
    let statusCount = Int(try cursor.uint16("status variables' length"))
    try cursor.skip(addedByteCount, "EXECUTE_LOAD_QUERY post-header")
    statusVariables = try cursor.bytes(statusCount, "status variables")
    schema = try cursor.bytes(schemaCount, "schema")
    try cursor.skip(1, "schema's NUL")
    statement = cursor.rest()
  }

  /// How long the statement of a QUERY_COMPRESSED, whose body is `body`, says it is.
  ///
  /// - Throws: `DecodeError` for compressed bytes that are cut.
  func inflatedCount(in body: RawSpan) throws(DecodeError) -> Int {
    do { return try CompressedBytes.uncompressedCount(ofEventPart: statement) } catch {
      throw error.shifted(by: body.byteCount - statement.byteCount)
    }
  }

  /// The statement of a QUERY_COMPRESSED, whose body is `body`.
  ///
  /// - Throws: `DecodeError` for compressed bytes that are damaged, or stand for more than `limit` bytes.
  func inflatedStatement(in body: RawSpan, limit: Int) throws(DecodeError) -> OutputBuffer {
    var text = OutputBuffer(capacity: statement.byteCount)
    do throws(DecodeError) {
      guard try CompressedBytes.uncompressedCount(ofEventPart: statement) <= limit else {
        throw DecodeError(.tooLarge, at: 0, "uncompressed length")
      }
      try CompressedBytes.appendEventPart(statement, to: &text)
    } catch {
      throw error.shifted(by: body.byteCount - statement.byteCount)
    }
    return text
  }
}
