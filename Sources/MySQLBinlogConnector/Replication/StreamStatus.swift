import BinlogParser
import Synchronization

/// How far the reader has come, for others to look at.
final class StreamStatus: Sendable {
  /// A moment of the reader.
  struct Place: Sendable {
    /// Where the last event ended.
    var position: BinlogPosition
    /// The time of the last event that has one, in seconds since 1970.
    var timestamp: UInt32
  }

  private let place: Mutex<Place>

  /// A stream that begins at `position`.
  init(_ position: BinlogPosition) { place = Mutex(Place(position: position, timestamp: 0)) }

  /// The last event of that time ended at `position`.
  func update(_ position: BinlogPosition, timestamp: UInt32) {
    place.withLock { place in
      place.position = position
      if timestamp > 0 { place.timestamp = timestamp }
    }
  }

  /// How far it has come.
  var current: Place { place.withLock { $0 } }
}
