import BinlogParser

/// From where a stream is asked for.
package enum StreamStart: Sendable, Equatable {
  /// An event's place, and the ids of all transactions before it where they are known.
  case position(BinlogPosition, gtids: GTIDSet?)
  /// Behind these transactions, wherever the server has them.
  case gtids(GTIDSet)

  /// The place of the first event; without a file's name where the server is still to say it.
  package var position: BinlogPosition {
    switch self {
    case .position(let position, _): position
    case .gtids: BinlogPosition(file: "", offset: 4)
    }
  }

  /// The ids of all transactions before it, where they are known.
  package var gtids: GTIDSet? {
    switch self {
    case .position(_, let gtids): gtids
    case .gtids(let gtids): gtids
    }
  }

  /// True if the server finds the place.
  package var isByGTID: Bool {
    if case .gtids = self { true } else { false }
  }
}

extension StreamStart: CustomStringConvertible {
  /// "binlog.000042:1234", or "GTID set …".
  package var description: String {
    switch self {
    case .position(let position, _): position.description
    case .gtids(let gtids): "GTID set '\(gtids)'"
    }
  }
}
