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

  /// Whether there is a folder, or a link to one, at the path.
  public static func isDirectory(_ path: String) -> Bool {
    var status = stat()
    return unsafe stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  /// Whether there is anything at the path.
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

  /// Everything before the last component: "a/b" of "a/b/c", "." of "c", "/" of "/c".
  public static func parent(of path: String) -> String {
    let parts = path.split(separator: "/").dropLast().joined(separator: "/")
    if path.hasPrefix("/") { return "/" + parts }
    return parts.isEmpty ? "." : parts
  }

  /// The names in a folder, without "." and "..", in no order.
  public static func entries(of path: String) throws(SystemError) -> [String] {
    guard let directory = unsafe opendir(path) else { throw .last("opendir", path) }
    defer { unsafe closedir(directory) }
    var names: [String] = []
    while let entry = unsafe readdir(directory) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }

  /// Gives a file a new path on the same file system, in place of a file that is there, in one step.
  public static func rename(_ old: String, to new: String) throws(SystemError) {
    guard systemRename(old, new) == 0 else { throw .last("rename", "\(old) to \(new)") }
  }

  /// Throws unless a file can be renamed into the folder, which mount points prevent even within one file system.
  ///
  /// No file can take the place of "folder/.", so that the attempt fails in any case; the question is with which error.
  public static func checkRename(of file: String, into directory: String) throws(SystemError) {
    do throws(SystemError) {
      try rename(file, to: directory + "/.")
    } catch  where error.isCrossDevice {
      throw error
    } catch {}
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
  public static func syncDirectory(_ path: String) throws(SystemError) {
    let descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .last("open", path) }
    defer { close(descriptor) }
    guard fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP else { return }
    throw .last("fsync", path)
  }
}

// `FileSystem.rename` hides the C function.
private func systemRename(_ old: String, _ new: String) -> Int32 { unsafe rename(old, new) }
