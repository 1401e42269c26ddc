import Bytes

/// A file that appears under its final name in one step, complete and safe on disk, or not at all.
///
/// Readers scan whole folders, and an unfinished file in the folder breaks them whatever its name. So the file grows
/// elsewhere on the same file system:
///
/// 1. in the folder `.NAME.staging` beside the output folder `NAME`, as `FILE.RANDOM.partial`, also when the file will stand
///    in a folder below `NAME`;
/// 2. where that folder cannot be made (the parent is not writable, or there is none), or no file can be renamed from
///    there (the output folder is a mount point), on Linux as a file without a name (`O_TMPFILE`).
///
/// Where neither works, `init` throws the error of the first way.
///
/// A process holds a lock on each of its partial files, so that a later one can tell those of dead processes, removes them,
/// and never touches those of another process that is at work on the same folder.
public final class StagedFile: OutputFile {
  /// The path under which the file will appear.
  public let finalPath: String
  /// Bytes written so far.
  public private(set) var byteCount = 0

  private let directory: String
  private var stage: Stage
  private var isOpen = true

  /// The open file and where it grows.
  struct Stage: ~Copyable {
    /// Where a file grows.
    enum Place {
      /// At `path` in the staging `folder`.
      case partial(path: String, folder: String)
      /// Nowhere that has a name.
      case unnamed
    }

    var writer: FileWriter
    let place: Place
  }

  /// Starts the file that will be `name` in `directory`, which exists and is an absolute path without links.
  ///
  /// - Parameter staging: where it grows; nil for the folder "/", which has nothing beside it.
  init(name: String, in directory: String, _ staging: StagingFolder?) throws(SystemError) {
    self.directory = directory
    finalPath = directory.appendingComponent(name)
    stage = try Self.open(name, in: directory, staging, finalPath: finalPath)
  }

  private static func open(
    _ name: String, in directory: String, _ staging: StagingFolder?, finalPath: String
  ) throws(SystemError) -> Stage {
    guard let staging else {
      return Stage(writer: try FileWriter(unnamedIn: directory, subject: finalPath), place: .unnamed)
    }
    do throws(SystemError) {
      return try staging.createFile(for: name, in: directory)
    } catch {
      guard let writer = try? FileWriter(unnamedIn: directory, subject: finalPath) else { throw error }
      return Stage(writer: writer, place: .unnamed)
    }
  }

  deinit { abandon() }

  /// Appends `bytes`.
  public func write(_ bytes: RawSpan) throws(OutputError) {
    do { try stage.writer.write(bytes) } catch { throw OutputError(error) }
    byteCount += bytes.byteCount
  }

  /// Makes the file durable and gives it its final name, in place of an older file.
  ///
  /// When this throws, the final name is as it was before, or leads to the complete file if only the last step failed: to
  /// make the name durable.
  public func publish() throws(OutputError) {
    guard isOpen else { return }
    do throws(SystemError) { try giveName() } catch { throw OutputError(error) }
  }

  private func giveName() throws(SystemError) {
    try stage.writer.sync()
    switch stage.place {
    case .partial(let path, let folder):
      try FileSystem.rename(path, to: finalPath)
      isOpen = false
      try stage.writer.close()
      try FileSystem.syncDirectory(folder)
      try? FileSystem.removeDirectoryIfEmpty(folder)
    case .unnamed:
      try stage.writer.link(inPlaceOf: finalPath, in: directory)
      isOpen = false
      try stage.writer.close()
    }
    try FileSystem.syncDirectory(directory)
  }

  /// Removes what was written. After `publish` it does nothing.
  public func abandon() {
    guard isOpen else { return }
    isOpen = false
    if case .partial(let path, let folder) = stage.place {
      try? FileSystem.removeFile(path)
      try? FileSystem.removeDirectoryIfEmpty(folder)
    }
    try? stage.writer.close()
  }
}

/// The folder beside an output folder in which its files grow.
struct StagingFolder {
  private static let suffix = ".partial"
  /// How often to start again when another process removes the folder or the file at the wrong moment.
  private static let attempts = 100

  let path: String

  /// The place beside `directory`, which is an absolute path without links. The root has nothing beside it.
  init?(beside directory: String) {
    guard let name = directory.split(separator: "/").last else { return nil }
    let parent = FileSystem.parent(of: directory)
    path = (parent == "/" ? "" : parent) + "/.\(name).staging"
  }

  /// Creates a file that no other process uses or removes, and that can be renamed into `directory`.
  func createFile(for name: String, in directory: String) throws(SystemError) -> StagedFile.Stage {
    var attempt = 1
    while true {
      do throws(SystemError) {
        return try createFileOnce(for: name, in: directory)
      } catch {
        guard error.isNotFound || error.isLockedElsewhere, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }

  /// Another process can remove the folder before the file is in it, and the file before it is locked.
  private func createFileOnce(for name: String, in directory: String) throws(SystemError) -> StagedFile.Stage {
    try FileSystem.createDirectories(path)
    let random = String(UInt64.random(in: .min ... .max), radix: 36)
    let file = "\(path)/\(name).\(random)\(Self.suffix)"
    let writer = try FileWriter(creating: file)
    try writer.lock()
    try writer.checkPlace()
    do throws(SystemError) {
      try FileSystem.checkRename(of: file, into: directory)
    } catch {
      try? FileSystem.removeFile(file)
      try? FileSystem.removeDirectoryIfEmpty(path)
      throw error
    }
    return StagedFile.Stage(writer: writer, place: .partial(path: file, folder: path))
  }

  /// Removes files that no process has locked: what is left of processes that died.
  func removeAbandonedFiles() {
    for name in (try? FileSystem.entries(of: path)) ?? [] where name.hasSuffix(Self.suffix) {
      guard let file = try? FileWriter(opening: "\(path)/\(name)"), (try? file.lock()) == true else { continue }
      try? FileSystem.removeFile(file.path)
    }
  }
}

extension FileWriter {
  /// Names a file that has no name yet, in place of a file that is there.
  ///
  /// A link cannot take the place of another, so in that case the file, which is complete, first gets a name of its own.
  fileprivate func link(inPlaceOf path: String, in directory: String) throws(SystemError) {
    do throws(SystemError) {
      try link(as: path)
    } catch  where error.isExisting {
      let other = "\(directory)/.\(String(UInt64.random(in: .min ... .max), radix: 36))"
      try link(as: other)
      do throws(SystemError) {
        try FileSystem.rename(other, to: path)
      } catch {
        try? FileSystem.removeFile(other)
        throw error
      }
    }
  }
}
