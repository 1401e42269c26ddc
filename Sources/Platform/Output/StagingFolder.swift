/// The folder beside an output folder in which its files grow: `.NAME.staging` beside `NAME`.
///
/// A process that has files in it has a claim there too, a locked file, so that a later process can tell files of dead
/// processes, removes them, and never touches those of another one that is at work on the same folder:
///
///     TOKEN.claim
///     FILE.RANDOM.TOKEN.partial
///
/// Whoever may write to the parent can put something else there: a link in place of the folder is no staging folder, and what is
/// no file in it is left alone.
struct StagingFolder {
  static let partialSuffix = ".partial"
  static let claimSuffix = ".claim"
  /// How often to start again when another process removes the folder or the claim at the wrong moment.
  private static let attempts = 100

  let path: String

  /// The place beside `directory`, which is an absolute path without links. The root has nothing beside it.
  init?(beside directory: String) {
    guard let name = directory.split(separator: "/").last else { return nil }
    let parent = FileSystem.parent(of: directory)
    path = (parent == "/" ? "" : parent) + "/.\(name).staging"
  }

  /// Makes the folder where it is missing, and a claim in it.
  func claim() throws(SystemError) -> StagingClaim {
    var attempt = 1
    while true {
      do throws(SystemError) {
        try FileSystem.createDirectories(path)
        return try StagingClaim(open())
      } catch {
        guard error.isNotFound || error.isLockedElsewhere, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }

  private func open() throws(SystemError) -> OpenFolder { try OpenFolder(path, followsLink: false) }

  /// Removes what processes left that died.
  func removeAbandonedFiles() {
    guard let folder = try? open() else { return }
    for name in Self.files(in: folder, Self.partialSuffix) {
      if Self.isAbandoned(Self.claim(ofPartial: name), in: folder) { try? folder.removeFile(name) }
    }
    for claim in Self.files(in: folder, Self.claimSuffix) {
      if Self.isAbandoned(claim, in: folder) { try? folder.removeFile(claim) }
    }
  }

  private static func files(in folder: OpenFolder, _ suffix: String) -> [String] {
    ((try? folder.names()) ?? []).filter { $0.hasSuffix(suffix) && folder.kind(of: $0) == .file }
  }

  private static func claim(ofPartial name: String) -> String {
    "\(name.dropLast(partialSuffix.count).split(separator: ".").last ?? "")\(claimSuffix)"
  }

  /// True if no process holds a claim. A claim is there before the first of its files.
  private static func isAbandoned(_ claim: String, in folder: OpenFolder) -> Bool {
    guard folder.kind(of: claim) != nil else { return true }
    guard let file = try? FileWriter(locking: claim, in: folder, creates: false) else { return false }
    return (try? file.lock()) == true
  }
}

/// What protects the files of a process in a staging folder for as long as the value lives.
final class StagingClaim: @unchecked Sendable {
  /// Where it is.
  let folder: OpenFolder
  private let token = StagingClaim.random
  private let lockFile: FileWriter

  /// A claim in `folder`. Throws `isNotFound` or `isLockedElsewhere` when another process was in the way.
  init(_ folder: OpenFolder) throws(SystemError) {
    self.folder = folder
    lockFile = try FileWriter(creating: token + StagingFolder.claimSuffix, in: folder, access: .owner)
    try lockFile.lock()
    try lockFile.checkPlace()
  }

  private static var random: String { String(UInt64.random(in: .min ... .max), radix: 36) }

  deinit {
    try? folder.removeFile(token + StagingFolder.claimSuffix)
    try? FileSystem.removeDirectoryIfEmpty(folder.path)
  }

  /// Creates a file for `name` that no other process uses or removes, and that can be renamed into `directory`.
  func createFile(for name: String, in directory: String) throws(SystemError) -> FileWriter {
    let name = "\(name).\(Self.random).\(token)\(StagingFolder.partialSuffix)"
    let writer = try FileWriter(creating: name, in: folder)
    do throws(SystemError) {
      try folder.checkRename(of: name, into: directory)
    } catch {
      try? folder.removeFile(name)
      throw error
    }
    return writer
  }

  /// Gives a file that `createFile` has made its final path.
  func rename(_ file: borrowing FileWriter, to path: String) throws(SystemError) {
    try folder.rename(FileSystem.name(of: file.path), toPath: path)
  }

  /// Gives a file that `createFile` has made a second path, where nothing is yet.
  func link(_ file: borrowing FileWriter, as path: String) throws(SystemError) {
    try folder.link(FileSystem.name(of: file.path), toPath: path)
  }

  /// Removes a file that `createFile` has made.
  func remove(_ file: borrowing FileWriter) { try? folder.removeFile(FileSystem.name(of: file.path)) }
}
