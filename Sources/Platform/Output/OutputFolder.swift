import Synchronization

/// A folder in which finished files appear, and below it.
public final class OutputFolder: OutputPlace {
  /// The path, as given.
  public let path: String
  private let isSwept = Mutex(false)

  /// The folder at `path`, which is made, with all that are missing above it, when the first file is begun.
  public init(_ path: String) { self.path = path }

  /// Starts the file that will be `name` in the folder. Missing folders on its way are made.
  public func createFile(_ name: String) throws(OutputError) -> any OutputFile { try stagedFile(name) }

  /// `createFile`, with its type.
  public func stagedFile(_ name: String) throws(OutputError) -> StagedFile {
    let components = name.split(separator: "/", omittingEmptySubsequences: false)
    guard components.allSatisfy({ !["", ".", ".."].contains($0) }) else {
      throw OutputError("\(name) is no name of a file in \(path)", advice: "report this as a bug")
    }
    return try asOutput { () throws(SystemError) in
      try FileSystem.createDirectories(path)
      let root = try FileSystem.resolve(path)
      let staging = StagingFolder(beside: root)
      isSwept.withLock { isSwept in
        if !isSwept { staging?.removeAbandonedFiles() }
        isSwept = true
      }
      let directory = components.count > 1 ? FileSystem.parent(of: root.appendingComponent(name)) : root
      if directory != root { try FileSystem.createDirectories(directory) }
      return try StagedFile(name: String(components[components.count - 1]), in: directory, staging)
    }
  }
}

extension String {
  /// The path of `name` in the folder that this is the path of.
  func appendingComponent(_ name: String) -> String { hasSuffix("/") ? self + name : self + "/" + name }
}
