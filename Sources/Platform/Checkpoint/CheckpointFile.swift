import Bytes

/// The file that keeps a run's checkpoint. A new one takes the place of the old one in one step, safe on disk.
///
/// One process at a time has the file: it holds a lock on `PATH.lock`, which stays beside it.
public final class CheckpointFile: CheckpointStore, @unchecked Sendable {
  /// More bytes than any checkpoint has.
  private static let byteLimit = 64 << 20

  /// Path of the file; a link in its place leads to it.
  public let path: String
  private let folder: OpenFolder
  private let name: String
  private let lockFile: FileWriter

  /// Takes the lock. Missing folders are created.
  public init(_ path: String) throws(CheckpointStoreError) {
    let path = (try? FileSystem.resolve(path)) ?? path
    self.path = path
    name = FileSystem.name(of: path)
    do throws(SystemError) {
      let parent = FileSystem.parent(of: path)
      try FileSystem.createDirectories(parent)
      folder = try OpenFolder(parent)
    } catch {
      throw Self.unavailable(error)
    }
    for suffix in [Self.lockSuffix, Self.newSuffix] { try Self.requireFile(name + suffix, in: folder) }
    do throws(SystemError) {
      lockFile = try FileWriter(locking: name + Self.lockSuffix, in: folder, creates: true)
      try lockFile.lock()
    } catch {
      throw error.isLockedElsewhere ? .inUse("another run uses it") : Self.unavailable(error)
    }
    try check()
  }

  private static let lockSuffix = ".lock"
  private static let newSuffix = ".new"

  /// Throws where something else than a file has the name: it is somebody else's, and a link would lead elsewhere.
  private static func requireFile(_ name: String, in folder: OpenFolder) throws(CheckpointStoreError) {
    guard let kind = folder.kind(of: name), kind != .file else { return }
    throw .unavailable(
      OutputError(
        "\(folder.path(of: name)) is \(kind.rawValue), and must be a file of this program",
        advice: "remove it, or choose another checkpoint_file, and run again"))
  }

  /// What the file holds; nil where there is none.
  public func load() throws(CheckpointStoreError) -> [UInt8]? {
    guard FileSystem.exists(path) else { return nil }
    do { return try InputFile(path).contents(limit: Self.byteLimit) } catch { throw Self.unavailable(error) }
  }

  /// Throws `inUse` when the lock file is no longer the one that is locked: another run can have the new one.
  public func check() throws(CheckpointStoreError) {
    do { try lockFile.checkPlace() } catch {
      guard error.isNotFound else { throw Self.unavailable(error) }
      throw .inUse("its lock file, \(lockFile.path), was removed or replaced meanwhile, so that another run may use it")
    }
  }

  /// Replaces the file's contents. When this throws, the old ones are still there.
  public func save(_ document: [UInt8]) throws(CheckpointStoreError) {
    try check()
    try Self.requireFile(name + Self.newSuffix, in: folder)
    do throws(SystemError) { try replace(with: document) } catch { throw Self.unavailable(error) }
  }

  /// Gives the lock back.
  public func release() { lockFile.unlock() }

  private func replace(with document: [UInt8]) throws(SystemError) {
    let new = name + Self.newSuffix
    // What a run left that died. It may be another name of some file, which must not be emptied.
    if folder.kind(of: new) != nil { try folder.removeFile(new) }
    var file = try FileWriter(creating: new, in: folder, access: .owner)
    try file.write(document.bytes)
    try file.sync()
    try file.close()
    try folder.rename(new, to: name)
    try folder.sync()
  }

  private static func unavailable(_ error: SystemError) -> CheckpointStoreError {
    .unavailable(
      OutputError(
        error.description,
        advice: error.adviceOnLimit
          ?? "check checkpoint_file, its folder's permissions and free space, and run again"))
  }
}
