import Bytes

/// The file that keeps a run's checkpoint. A new one takes the place of the old one in one step, safe on disk.
///
/// One process at a time has the file: it holds a lock on `PATH.lock`, which stays beside it.
public final class CheckpointFile: CheckpointStore, @unchecked Sendable {
  /// More bytes than any checkpoint has.
  private static let byteLimit = 64 << 20

  /// Where the file is.
  public let path: String
  private let lockFile: FileWriter

  /// Takes the lock. Missing folders are created.
  public init(_ path: String) throws(CheckpointStoreError) {
    self.path = path
    do throws(SystemError) {
      try FileSystem.createDirectories(FileSystem.parent(of: path))
      lockFile = try FileWriter(replacing: path + ".lock", access: .owner)
      try lockFile.lock()
    } catch {
      throw error.isLockedElsewhere ? .inUse("another run uses it") : Self.unavailable(error)
    }
  }

  /// What the file holds; nil where there is none.
  public func load() throws(CheckpointStoreError) -> [UInt8]? {
    guard FileSystem.exists(path) else { return nil }
    do { return try InputFile(path).contents(limit: Self.byteLimit) } catch { throw Self.unavailable(error) }
  }

  /// Nothing to do: the lock keeps others away.
  public func check() {}

  /// Replaces the file's contents. When this throws, the old ones are still there.
  public func save(_ document: [UInt8]) throws(CheckpointStoreError) {
    do throws(SystemError) { try replace(with: document) } catch { throw Self.unavailable(error) }
  }

  /// Gives the lock back.
  public func release() { lockFile.unlock() }

  private func replace(with document: [UInt8]) throws(SystemError) {
    let new = path + ".new"
    var file = try FileWriter(replacing: new, access: .owner)
    try file.write(document.bytes)
    try file.sync()
    try file.close()
    try FileSystem.rename(new, to: path)
    try FileSystem.syncDirectory(FileSystem.parent(of: path))
  }

  private static func unavailable(_ error: SystemError) -> CheckpointStoreError {
    .unavailable(
      OutputError(
        error.description,
        advice: error.adviceOnLimit
          ?? "check checkpoint_file, its folder's permissions and free space, and run again"))
  }
}
