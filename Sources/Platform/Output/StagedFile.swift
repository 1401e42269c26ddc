import Bytes

/// A file that appears under its final name in one step, complete and safe on disk, or not at all.
///
/// Readers scan whole folders, and an unfinished file in the folder breaks them whatever its name. So the file grows
/// elsewhere on the same file system:
///
/// 1. in the folder `.NAME.staging` beside the output folder `NAME`, as `FILE.RANDOM.TOKEN.partial`, also when the file will
///    stand in a folder below `NAME`;
/// 2. where that folder cannot be made (the parent is not writable, or there is none), or no file can be renamed from
///    there (the output folder is a mount point), on Linux as a file without a name (`O_TMPFILE`).
///
/// Where neither works, `init` throws the error of the first way.
public final class StagedFile: OutputFile {
  /// The path under which the file will appear.
  public let finalPath: String
  /// Bytes written so far.
  public private(set) var byteCount = 0
  /// None: the system has them.
  public var bufferedByteCount: Int { 0 }

  private let directory: String
  private var writer: FileWriter
  private var stage: Stage

  /// Where a file grows.
  private enum Stage {
    /// Under the writer's path, protected by the claim.
    case partial(StagingClaim)
    /// There, and the writer is closed.
    case sealed(StagingClaim)
    /// Nowhere that has a name.
    case unnamed
    /// It is published, or was given up.
    case ended
  }

  /// Starts the file that will be `name` in `directory`, which exists and is an absolute path without links.
  ///
  /// - Parameter claim: on the folder where it grows, or why there is none; nil for the folder "/", which has nothing beside it.
  init(name: String, in directory: String, _ claim: Result<StagingClaim?, SystemError>) throws(SystemError) {
    self.directory = directory
    finalPath = directory.appendingComponent(name)
    var failure: SystemError?
    do throws(SystemError) {
      if let claim = try claim.get() {
        writer = try claim.createFile(for: name, in: directory)
        stage = .partial(claim)
        return
      }
    } catch {
      failure = error
    }
    do throws(SystemError) {
      writer = try FileWriter(unnamedIn: directory, subject: finalPath)
    } catch {
      throw failure ?? error
    }
    stage = .unnamed
  }

  deinit { abandon() }

  /// Appends `bytes`.
  public func write(_ bytes: RawSpan) throws(OutputError) {
    do { try writer.write(bytes) } catch { throw OutputError(error) }
    byteCount += bytes.byteCount
  }

  /// Makes what was written durable, and closes the file if it has a name by which it can be found again.
  public func seal() throws(OutputError) {
    guard case .partial(let claim) = stage else { return }
    try asOutput { () throws(SystemError) in
      try writer.sync()
      try writer.close()
    }
    stage = .sealed(claim)
  }

  /// Makes the file durable and gives it its final name, in place of an older file.
  ///
  /// When this throws, the final name is as it was before, or leads to the complete file if only the last step failed: to
  /// make the name durable.
  public func publish() throws(OutputError) {
    try asOutput { () throws(SystemError) in try giveName() }
  }

  /// As `publish`, unless the final name is taken: then nothing changes, and what was written is given up.
  ///
  /// - Returns: true if the file appeared.
  func publishIfAbsent() throws(OutputError) -> Bool {
    do throws(SystemError) {
      try linkName()
      return true
    } catch {
      guard error.isExisting else { throw OutputError(error) }
      abandon()
      return false
    }
  }

  private func linkName() throws(SystemError) {
    if case .ended = stage { return }
    try writer.sync()
    switch stage {
    case .partial(let claim), .sealed(let claim):
      try claim.link(writer, as: finalPath)
      claim.remove(writer)
    case .unnamed: try writer.link(as: finalPath)
    case .ended: break
    }
    stage = .ended
    try writer.close()
    try FileSystem.syncDirectory(directory)
  }

  private func giveName() throws(SystemError) {
    switch stage {
    case .ended: return
    case .partial(let claim):
      try writer.sync()
      try rename(claim)
      try writer.close()
    case .sealed(let claim): try rename(claim)
    case .unnamed:
      try writer.sync()
      try writer.link(inPlaceOf: finalPath, in: directory)
      stage = .ended
      try writer.close()
    }
    try FileSystem.syncDirectory(directory)
  }

  private func rename(_ claim: StagingClaim) throws(SystemError) {
    try claim.rename(writer, to: finalPath)
    stage = .ended
    try claim.folder.sync()
  }

  /// Removes what was written. After `publish` it does nothing.
  public func abandon() {
    switch stage {
    case .ended: return
    case .partial(let claim), .sealed(let claim): claim.remove(writer)
    case .unnamed: break
    }
    stage = .ended
    try? writer.close()
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
