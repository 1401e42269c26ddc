import Bytes
import Synchronization

/// A folder in which finished files appear, and below it.
public final class OutputFolder: OutputStore {
  /// The path, as given.
  public let path: String
  private let state = Mutex(State())

  private struct State {
    /// True if what dead processes left was removed.
    var isSwept = false
    /// What protects files that grow, as long as there are any.
    weak var claim: StagingClaim?
  }

  /// The folder at `path`, which is made, with all that are missing above it, when the first file is begun.
  public init(_ path: String) { self.path = path }

  /// Starts the file that will be `name` in the folder. Missing folders on its way are made.
  public func createFile(_ name: String) throws(OutputError) -> any OutputFile { try stagedFile(name) }

  /// `createFile`, with its type.
  public func stagedFile(_ name: String) throws(OutputError) -> StagedFile {
    try check(name)
    return try asOutput { () throws(SystemError) in
      try FileSystem.createDirectories(path)
      let root = try FileSystem.resolve(path)
      let file = root.appendingComponent(name)
      let directory = FileSystem.parent(of: file)
      if directory != root { try FileSystem.createDirectories(directory) }
      let claim = Result { () throws(SystemError) in try claimStaging(beside: root) }
      return try StagedFile(name: FileSystem.name(of: file), in: directory, claim)
    }
  }

  /// Lets the file `name` appear as a link to one that is complete: a link takes no other file's place.
  public func createIfAbsent(_ name: String, _ bytes: [UInt8]) throws(OutputError) -> Bool {
    let file = try stagedFile(name)
    try file.write(bytes.bytes)
    return try file.publishIfAbsent()
  }

  /// Bytes of the largest file that is read.
  private static let readLimit = 64 << 20

  /// The bytes of the file `name`; nil where there is none.
  public func read(_ name: String) throws(OutputError) -> [UInt8]? {
    try check(name)
    let file = path.appendingComponent(name)
    guard FileSystem.exists(file) else { return nil }
    return try asOutput { () throws(SystemError) in try InputFile(file).contents(limit: Self.readLimit) }
  }

  /// The names of all files in `folder` and below it; those that begin with a dot are nobody's output.
  public func list(_ folder: String) throws(OutputError) -> [String] {
    try check(folder)
    var names: [String] = []
    try asOutput { () throws(SystemError) in try appendFiles(in: folder, to: &names) }
    return names.sorted()
  }

  private func appendFiles(in folder: String, to names: inout [String]) throws(SystemError) {
    let place = path.appendingComponent(folder)
    guard FileSystem.isDirectory(place) else { return }
    for name in try OpenFolder(place).names() where !name.hasPrefix(".") {
      let name = folder.appendingComponent(name)
      if FileSystem.isDirectory(path.appendingComponent(name)) {
        try appendFiles(in: name, to: &names)
      } else {
        names.append(name)
      }
    }
  }

  /// Removes the files `names`: no process that has died has a write under way in a folder.
  public func vacate(_ names: [String], leaving blank: () -> [UInt8]) throws(OutputError) { try removeFiles(names) }

  /// Removes those of the files `names` that are there. The folders stay.
  public func removeFiles(_ names: [String]) throws(OutputError) {
    for name in names { try check(name) }
    guard FileSystem.isDirectory(path) else { return }
    try asOutput { () throws(SystemError) in
      var directories = Set<String>()
      for name in names {
        let file = path.appendingComponent(name)
        guard FileSystem.exists(file) else { continue }
        try FileSystem.removeFile(file)
        directories.insert(FileSystem.parent(of: file))
      }
      for directory in directories { try FileSystem.syncDirectory(directory) }
    }
  }

  private func check(_ name: String) throws(OutputError) {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    guard components.allSatisfy({ !["", ".", ".."].contains($0) }) else {
      throw OutputError("\(name) is no name of a file in \(path)", advice: "report this as a bug")
    }
  }

  /// The claim on the staging folder beside `root`; nil for the folder "/", which has nothing beside it.
  private func claimStaging(beside root: String) throws(SystemError) -> StagingClaim? {
    guard let staging = StagingFolder(beside: root) else { return nil }
    return try state.withLock { (state) throws(SystemError) in
      if !state.isSwept { staging.removeAbandonedFiles() }
      state.isSwept = true
      if let claim = state.claim, claim.folder.path == staging.path { return claim }
      let claim = try staging.claim()
      state.claim = claim
      return claim
    }
  }
}

extension String {
  /// The path of `name` in the folder that this is the path of.
  func appendingComponent(_ name: String) -> String { hasSuffix("/") ? self + name : self + "/" + name }
}
