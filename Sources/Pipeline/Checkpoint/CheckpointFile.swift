import BinlogParser
import Bytes
import Foundation
import Platform

/// The file that keeps a run's checkpoint. A new one takes the place of the old one in one step, safe on disk.
///
/// One process at a time has the file: it holds a lock on `PATH.lock`, which stays beside it.
public final class CheckpointFile: @unchecked Sendable {
  /// Why a checkpoint cannot be had.
  public enum Problem: Error, Equatable {
    /// It cannot be read or locked.
    case system(SystemError)
    /// Another process has it.
    case inUse
    /// Its contents are no checkpoint; why.
    case malformed(String)
  }

  /// More bytes than any checkpoint has.
  private static let byteLimit = 64 << 20

  /// Where the file is.
  public let path: String
  private let lockFile: FileWriter

  /// Takes the lock. Missing folders are created.
  public init(_ path: String) throws(Problem) {
    self.path = path
    do throws(SystemError) {
      try FileSystem.createDirectories(FileSystem.parent(of: path))
      lockFile = try FileWriter(replacing: path + ".lock", access: .owner)
      try lockFile.lock()
    } catch {
      throw error.isLockedElsewhere ? .inUse : .system(error)
    }
  }

  /// What the file holds; nil where there is none.
  public func load() throws(Problem) -> Checkpoint? {
    guard FileSystem.exists(path) else { return nil }
    let bytes: [UInt8]
    do { bytes = try InputFile(path).contents(limit: Self.byteLimit) } catch { throw .system(error) }
    do {
      let checkpoint = try JSONDecoder().decode(Checkpoint.self, from: Data(bytes))
      guard checkpoint.version == Checkpoint.currentVersion else {
        throw Problem.malformed("version \(checkpoint.version) of the format is not known")
      }
      return checkpoint
    } catch let problem as Problem {
      throw problem
    } catch {
      throw .malformed("it is not JSON with the keys of a checkpoint")
    }
  }

  /// Replaces the file's contents. When this throws, the old checkpoint is still there.
  public func save(_ checkpoint: Checkpoint) throws(SystemError) {
    let new = path + ".new"
    var file = try FileWriter(replacing: new, access: .owner)
    try file.write(Self.encode(checkpoint).bytes)
    try file.sync()
    try file.close()
    try FileSystem.rename(new, to: path)
    try FileSystem.syncDirectory(FileSystem.parent(of: path))
  }

  private static func encode(_ checkpoint: Checkpoint) -> OutputBuffer {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings and integers can always be encoded.
    guard let data = try? encoder.encode(checkpoint) else { preconditionFailure("a checkpoint cannot be encoded") }
    var buffer = OutputBuffer(capacity: data.count + 1)
    buffer.append(contentsOf: Array(data))
    buffer.append(0x0A)
    return buffer
  }
}
