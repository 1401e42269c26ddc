import BinlogParser

/// Why what was received last is not part of the log after all.
package enum SourceChange: Sendable, Equatable {
  /// The transaction that starts there has no end: the server died while it wrote it.
  case incompleteTransaction(BinlogPosition)
  /// The transaction that starts there is another one than that of which a part had come.
  case otherTransaction(BinlogPosition)
  /// Another server answers; which.
  case otherServer(String)
  /// The server's log was reset: this file is another one than that of the same name which was being read.
  case logReset(file: String)
}

extension SourceChange: CustomStringConvertible {
  package var description: String {
    switch self {
    case .incompleteTransaction(let start): "the transaction at \(start) has no end: the server died while it wrote it"
    case .otherTransaction(let start): "the transaction at \(start) is no longer the one that was being received"
    case .otherServer(let server): "the server that answers is another one: \(server)"
    case .logReset(let file):
      "the server's log was reset: \(file) is no longer the file that was being read"
    }
  }
}
