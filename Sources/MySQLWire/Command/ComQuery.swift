import Bytes

/// Runs a statement. `int<1> 0x03`, `string<EOF> query`.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_query.html>.
package struct ComQuery {
  package let query: String

  package init(_ query: String) { self.query = query }

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) {
    output.append(0x03)
    output.append(query)
  }
}
