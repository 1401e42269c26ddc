#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// Calls on paths. Each throws `SystemError` with the path.
public enum FileSystem {
  /// Folders for data of a database are for the user and the group only, before the umask.
  private static let directoryMode: mode_t = 0o750

  /// Creates the folder and all that are missing above it, durably. A folder that exists is left as it is.
  public static func createDirectories(_ path: String) throws(SystemError) {
    do throws(SystemError) { try createMissing(path) } catch {
      throw SystemError(error.call, path, code: error.code)
    }
  }

  private static func createMissing(_ path: String) throws(SystemError) {
    if isDirectory(path) { return }
    let parent = Self.parent(of: path)
    if parent != path { try createMissing(parent) }
    if unsafe mkdir(path, directoryMode) == 0 { return try syncDirectory(parent) }
    let code = errno
    // Another process may have been faster.
    guard code != EEXIST || !isDirectory(path) else { return }
    throw SystemError("mkdir", path, code: code == EEXIST ? ENOTDIR : code)
  }

  /// True if there is a folder, or a link to one, at the path.
  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// True if there is anything at the path.
  public static func exists(_ path: String) -> Bool {
    unsafe access(path, F_OK) == 0
  }

  /// The permission bits of the regular file at the path when the group or all others may read it; nil when nobody but
  /// the owner may, or there is no such file.
  public static func modeReadableByOthers(_ path: String) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return status.st_mode & (S_IRGRP | S_IROTH) == 0 ? nil : Int(status.st_mode & 0o7777)
  }

  /// The absolute path without links, "." and "..".
  public static func resolve(_ path: String) throws(SystemError) -> String {
    guard let resolved = unsafe realpath(path, nil) else { throw .last("realpath", path) }
    defer { unsafe free(resolved) }
    return unsafe String(cString: resolved)
  }

  /// The absolute path as `resolve` gives it, of which the end need not exist yet.
  public static func resolveExisting(_ path: String) -> String {
    var existing = path.hasPrefix("/") ? path : "./" + path
    var missing: [String] = []
    while true {
      if let resolved = try? resolve(existing) { return missing.reversed().reduce(resolved, appending) }
      guard existing != "/", existing != "." else { return path }
      missing.append(name(of: existing))
      existing = parent(of: existing)
    }
  }

  /// The path of `component` below `path`: the folders on the way will be made, and are no links.
  private static func appending(_ path: String, _ component: String) -> String {
    switch component {
    case ".": path
    case "..": parent(of: path)
    default: path.appendingComponent(component)
    }
  }

  /// True if the path is that of the folder, or leads into it, by whatever names: through links, "..", or another mount point.
  public static func isPath(_ path: String, within folder: String) -> Bool {
    let folder = resolveExisting(folder)
    let identity = identity(of: folder)
    var path = resolveExisting(path)
    while true {
      if path == folder { return true }
      if let identity, let other = Self.identity(of: path), identity == other { return true }
      if path == "/" || path == "." { return false }
      path = parent(of: path)
    }
  }

  /// Device and inode of the folder at a path; nil where there is none.
  private static func identity(of path: String) -> [UInt64]? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { return nil }
    return [UInt64(truncatingIfNeeded: status.st_dev), UInt64(truncatingIfNeeded: status.st_ino)]
  }

  /// Everything before the last component: "a/b" of "a/b/c", "." of "c", "/" of "/c".
  public static func parent(of path: String) -> String {
    let whole = withoutSlashesAtEnd(path[...])
    guard let slash = whole.utf8.lastIndex(of: slash) else { return path.hasPrefix("/") ? "/" : "." }
    let parent = withoutSlashesAtEnd(whole[..<slash])
    return parent.isEmpty ? "/" : String(parent)
  }

  /// Gives a file a new path on the same file system, in place of a file that is there, in one step.
  public static func rename(_ old: String, to new: String) throws(SystemError) {
    guard systemRename(old, new) == 0 else { throw .last("rename", "\(old) to \(new)") }
  }

  /// The last component: "c" of "a/b/c" and of "c/"; empty for "/".
  public static func name(of path: String) -> String {
    let whole = withoutSlashesAtEnd(path[...])
    guard let slash = whole.utf8.lastIndex(of: slash) else { return String(whole) }
    return String(whole[whole.utf8.index(after: slash)...])
  }

  private static var slash: UInt8 { UInt8(ascii: "/") }

  private static func withoutSlashesAtEnd(_ path: Substring) -> Substring {
    guard let last = path.utf8.lastIndex(where: { $0 != slash }) else { return "" }
    return path[...last]
  }

  /// Removes a file.
  public static func removeFile(_ path: String) throws(SystemError) {
    guard unsafe unlink(path) == 0 else { throw .last("unlink", path) }
  }

  /// Removes a folder if it is there and empty.
  public static func removeDirectoryIfEmpty(_ path: String) throws(SystemError) {
    guard unsafe rmdir(path) != 0, ![ENOENT, ENOTEMPTY, EEXIST].contains(errno) else { return }
    throw .last("rmdir", path)
  }

  /// Makes the names in a folder durable. A file system that cannot do so for folders does it by itself.
  public static func syncDirectory(_ path: String) throws(SystemError) { try OpenFolder(path).sync() }
}

// `FileSystem.rename` hides the C function.
private func systemRename(_ old: String, _ new: String) -> Int32 { unsafe rename(old, new) }
