/// Keeps one small document, a run's checkpoint, for one run at a time. A new one takes the place of the old one in one
/// step, and safely.
public protocol CheckpointStore: AnyObject, Sendable {
  /// What it keeps; nil where there is nothing yet.
  func load() throws(CheckpointStoreError) -> [UInt8]?

  /// Throws `inUse` when another run has replaced what this one read or saved last: the time to publish nothing more.
  func check() throws(CheckpointStoreError)

  /// Replaces what it keeps. When this throws, the old document is still there, or already the new one, whole.
  func save(_ document: [UInt8]) throws(CheckpointStoreError)
}

/// Why a checkpoint cannot be had, or cannot be kept.
public enum CheckpointStoreError: Error, Equatable, Sendable {
  /// It cannot be read, locked or written.
  case unavailable(OutputError)
  /// Another run has it; how that was noticed.
  case inUse(String)
}

extension CheckpointStoreError: CustomStringConvertible {
  /// What happened.
  public var description: String {
    switch self {
    case .unavailable(let error): error.description
    case .inUse(let reason): reason
    }
  }

  /// What to do about it.
  public var advice: String {
    switch self {
    case .unavailable(let error): error.advice
    case .inUse: "give each run a checkpoint_file of its own"
    }
  }
}
