/// A savepoint's name, by which the log's ROLLBACK TO finds its SAVEPOINT.
///
/// Names that differ in case only are the same to the server, which logs each as its statement spells it.
package struct SavepointName: Hashable, Sendable {
  private let folded: String

  /// The name with these bytes, without quotes.
  package init(_ name: [UInt8]) { folded = String(decoding: name, as: UTF8.self).lowercased() }
}
