/// The folder beside an output folder in which its files grow: `.NAME.staging` beside `NAME`.
///
/// A process that has files in it has a claim there too, a locked file, so that a later process can tell files of dead
/// processes, removes them, and never touches those of another one that is at work on the same folder:
///
///     TOKEN.claim
///     FILE.RANDOM.TOKEN.partial
struct StagingFolder: Equatable {
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
        return try StagingClaim(self)
      } catch {
        guard error.isNotFound || error.isLockedElsewhere, attempt < Self.attempts else { throw error }
        attempt += 1
      }
    }
  }

  /// Removes what processes left that died.
  func removeAbandonedFiles() {
    for name in (try? FileSystem.entries(of: path)) ?? [] {
      if name.hasSuffix(Self.partialSuffix), isAbandoned(claimPath(ofPartial: name)) {
        try? FileSystem.removeFile("\(path)/\(name)")
      }
    }
    for name in (try? FileSystem.entries(of: path)) ?? [] {
      let claim = "\(path)/\(name)"
      if name.hasSuffix(Self.claimSuffix), isAbandoned(claim) { try? FileSystem.removeFile(claim) }
    }
  }

  private func claimPath(ofPartial name: String) -> String {
    let token = name.dropLast(Self.partialSuffix.count).split(separator: ".").last ?? ""
    return "\(path)/\(token)\(Self.claimSuffix)"
  }

  /// Whether no process holds the claim at a path. A claim is there before the first of its files.
  private func isAbandoned(_ claim: String) -> Bool {
    guard FileSystem.exists(claim) else { return true }
    guard let file = try? FileWriter(opening: claim) else { return false }
    return (try? file.lock()) == true
  }
}

/// What protects the files of a process in a staging folder for as long as the value lives.
final class StagingClaim: @unchecked Sendable {
  /// Where it is.
  let folder: StagingFolder
  private let token = StagingClaim.random
  private let lockFile: FileWriter

  /// A claim in `folder`, which exists. Throws `isNotFound` or `isLockedElsewhere` when another process was in the way.
  init(_ folder: StagingFolder) throws(SystemError) {
    self.folder = folder
    lockFile = try FileWriter(creating: "\(folder.path)/\(token)\(StagingFolder.claimSuffix)", access: .owner)
    try lockFile.lock()
    try lockFile.checkPlace()
  }

  private static var random: String { String(UInt64.random(in: .min ... .max), radix: 36) }

  deinit {
    try? FileSystem.removeFile(lockFile.path)
    try? FileSystem.removeDirectoryIfEmpty(folder.path)
  }

  /// Creates a file for `name` that no other process uses or removes, and that can be renamed into `directory`.
  func createFile(for name: String, in directory: String) throws(SystemError) -> FileWriter {
    let path = "\(folder.path)/\(name).\(Self.random).\(token)\(StagingFolder.partialSuffix)"
    let writer = try FileWriter(creating: path)
    do throws(SystemError) {
      try FileSystem.checkRename(of: path, into: directory)
    } catch {
      try? FileSystem.removeFile(path)
      throw error
    }
    return writer
  }
}
