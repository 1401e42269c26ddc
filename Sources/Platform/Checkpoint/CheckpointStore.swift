/// Keeps one small document, a run's checkpoint, for one run at a time. A new one takes the place of the old one in one
/// step, and safely.
public protocol CheckpointStore: AnyObject, Sendable {
  /// What it keeps; nil where there is nothing yet.
  func load() throws(CheckpointStoreError) -> [UInt8]?

  /// Throws `inUse` when another run has replaced what this one read or saved last: the time to publish nothing more.
  func check() throws(CheckpointStoreError)

  /// Replaces what it keeps. When this throws, the old document is still there, or already the new one, whole.
  func save(_ document: [UInt8]) throws(CheckpointStoreError)

  /// The run is over: the next one can have the document, even if something still refers to this object.
  func release()
}

extension CheckpointStore {
  /// Nothing: not every store keeps a second run away before it writes.
  public func release() {}
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

extension OutputError {
  /// The run may not go on with its output, because of its checkpoint.
  public init(_ error: CheckpointStoreError) {
    switch error {
    case .unavailable(let error): self = error
    case .inUse(let reason): self.init("checkpoint_file: \(reason)", advice: error.advice, isInUse: true)
    }
  }
}
