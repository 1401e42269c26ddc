import Bytes

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A file that is open for writing, and closed when the value goes away. Each call throws `SystemError` with the path.
public struct FileWriter: ~Copyable {
  /// Who may use a new file, before the umask takes its part.
  public enum Access: mode_t, Sendable {
    /// The owner writes, the group reads (0640): rows of a database.
    case ownerAndGroup = 0o640
    /// The owner alone (0600).
    case owner = 0o600
  }

  private var descriptor: Int32
  /// The path for error messages.
  public let path: String

  /// Creates a file that must not exist yet.
  public init(creating path: String, access: Access = .ownerAndGroup) throws(SystemError) {
    try self.init(path, flags: O_WRONLY | O_CREAT | O_EXCL, access, subject: path)
  }

  /// Creates a file in an open folder, in which there must be nothing of that name.
  init(creating name: String, in folder: OpenFolder, access: Access = .ownerAndGroup) throws(SystemError) {
    try self.init(
      name, at: folder.descriptor, flags: O_WRONLY | O_CREAT | O_EXCL, access, subject: folder.path(of: name))
  }

  /// Opens a file in an open folder, to lock it; `creates` makes one where there is none. It need not be ours: nothing in it
  /// changes, no link is followed, and what is no file is an error, for which nobody waits.
  init(locking name: String, in folder: OpenFolder, creates: Bool) throws(SystemError) {
    let flags = O_WRONLY | O_NOFOLLOW | O_NONBLOCK | (creates ? O_CREAT : 0)
    path = folder.path(of: name)
    descriptor = try Self.openFile(name, at: folder.descriptor, flags: flags, subject: path)
  }

  /// Opens a file that exists, for writing at its end.
  public init(opening path: String) throws(SystemError) {
    try self.init(path, flags: O_WRONLY | O_APPEND, .owner, subject: path)
  }

  /// Creates a file without a name on the file system of a folder; it vanishes when closed, unless `link` names it.
  ///
  /// `subject` is the path for error messages. Only Linux can do this, and not on every file system.
  public init(unnamedIn directory: String, subject: String) throws(SystemError) {
    #if os(Linux)
      // O_TMPFILE, which the C headers define in a way that Swift does not import: this bit and O_DIRECTORY.
      let unnamed: Int32 = 0o20_000_000 | O_DIRECTORY
      try self.init(directory, flags: O_WRONLY | unnamed, .ownerAndGroup, subject: subject)
    #else
      throw SystemError("open", subject, code: ENOTSUP)
    #endif
  }

  /// Gives the file, which `init(unnamedIn:)` has made, a name. Something that has the name already is an error.
  public func link(as path: String) throws(SystemError) {
    let source = "/proc/self/fd/\(descriptor)"
    guard unsafe linkat(AT_FDCWD, source, AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0 else { throw .last("linkat", path) }
  }

  private init(
    _ path: String, at folder: Int32 = AT_FDCWD, flags: Int32, _ access: Access, subject: String
  ) throws(SystemError) {
    self.path = subject
    descriptor = try Self.open(path, at: folder, flags: flags, access, subject: subject)
  }

  private static func open(
    _ path: String, at folder: Int32, flags: Int32, _ access: Access, subject: String
  ) throws(SystemError) -> Int32 {
    while true {
      let descriptor = unsafe openat(folder, path, flags | O_CLOEXEC, access.rawValue)
      if descriptor >= 0 { return descriptor }
      guard errno == EINTR else { throw .last("open", subject) }
    }
  }

  /// `open` for what must be a regular file.
  private static func openFile(
    _ name: String, at folder: Int32, flags: Int32, subject: String
  ) throws(SystemError) -> Int32 {
    let descriptor = try open(name, at: folder, flags: flags, .owner, subject: subject)
    do throws(SystemError) {
      guard try status(descriptor, subject).st_mode & S_IFMT == S_IFREG else {
        throw SystemError("open", subject, code: EINVAL)
      }
    } catch {
      _ = systemClose(descriptor)
      throw error
    }
    return descriptor
  }

  deinit {
    if descriptor >= 0 { _ = systemClose(descriptor) }
  }

  /// Writes all of `bytes`.
  public func write(_ bytes: RawSpan) throws(SystemError) {
    try writeAll(bytes, to: descriptor, path)
  }

  /// Waits until everything written is safe on disk.
  public func sync() throws(SystemError) {
    while fsync(descriptor) != 0 {
      guard errno == EINTR else { throw .last("fsync", path) }
    }
  }

  /// Closes the file. Some file systems tell only now that a write failed.
  public mutating func close() throws(SystemError) {
    guard descriptor >= 0 else { return }
    let result = systemClose(descriptor)
    descriptor = -1
    // After EINTR the descriptor is closed already on Linux, and what to do elsewhere is not defined.
    guard result == 0 || errno == EINTR else { throw .last("close", path) }
  }

  /// Locks the file against other processes that lock it, without waiting, until it is closed.
  ///
  /// Returns false where the file system knows no locks. Throws `isLockedElsewhere` when another process has the lock.
  @discardableResult
  public func lock() throws(SystemError) -> Bool {
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EWOULDBLOCK { throw .last("flock", path) }
      if errno != EINTR { return false }
    }
    return true
  }

  /// Gives the lock back.
  public func unlock() { _ = flock(descriptor, LOCK_UN) }

  /// Throws `isNotFound` unless the path still leads to this file.
  public func checkPlace() throws(SystemError) {
    let own = try Self.status(descriptor, path)
    var other = stat()
    guard unsafe lstat(path, &other) == 0 else { throw .last("stat", path) }
    guard own.st_dev == other.st_dev, own.st_ino == other.st_ino else { throw SystemError("stat", path, code: ENOENT) }
  }

  private static func status(_ descriptor: Int32, _ path: String) throws(SystemError) -> stat {
    var status = stat()
    guard unsafe fstat(descriptor, &status) == 0 else { throw .last("fstat", path) }
    return status
  }
}

// The methods of `FileWriter` hide the C functions of the same name.

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
