import Bytes

/// Says goodbye; the server closes the connection. `int<1> 0x01`.
///
/// See <https://dev.mysql.com/doc/dev/mysql-server/latest/page_protocol_com_quit.html>.
package struct ComQuit {
  package init() {}

  /// Appends the payload.
  package func encode(into output: inout OutputBuffer) { output.append(0x01) }
}
