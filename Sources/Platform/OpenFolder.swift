#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

/// A folder that is open. Calls on the names in it stay in it, wherever its path leads meanwhile, and follow no link.
///
/// Each throws `SystemError` with the path.
final class OpenFolder: Sendable {
  /// The path for error messages.
  let path: String
  let descriptor: Int32

  /// Kind of a thing that has a name.
  enum Kind: String {
    case file = "a file"
    case folder = "a folder"
    case link = "a symbolic link"
    case pipe = "a named pipe"
    case other = "a socket or a device"
  }

  /// Opens the folder at `path`; a link in its place only if `followsLink`.
  init(_ path: String, followsLink: Bool = true) throws(SystemError) {
    descriptor = unsafe open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (followsLink ? 0 : O_NOFOLLOW))
    guard descriptor >= 0 else { throw .last("open", path) }
    self.path = path
  }

  deinit { close(descriptor) }

  /// The path of `name`.
  func path(of name: String) -> String { path.appendingComponent(name) }

  /// Kind of `name`; nil where there is nothing of that name, or where that cannot be found out.
  func kind(of name: String) -> Kind? {
    var status = stat()
    guard unsafe fstatat(descriptor, name, &status, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    case S_IFLNK: return .link
    case S_IFIFO: return .pipe
    default: return .other
    }
  }

  /// Removes the file `name`.
  func removeFile(_ name: String) throws(SystemError) {
    guard unsafe unlinkat(descriptor, name, 0) == 0 else { throw .last("unlink", path(of: name)) }
  }

  /// Gives the file `name` another name in the folder, in place of a file that is there, in one step.
  func rename(_ name: String, to new: String) throws(SystemError) {
    guard unsafe renameat(descriptor, name, descriptor, new) == 0 else {
      throw .last("rename", "\(path(of: name)) to \(path(of: new))")
    }
  }

  /// Gives the file `name` a new path on the same file system, in place of a file that is there, in one step.
  func rename(_ name: String, toPath new: String) throws(SystemError) {
    guard unsafe renameat(descriptor, name, AT_FDCWD, new) == 0 else {
      throw .last("rename", "\(path(of: name)) to \(new)")
    }
  }

  /// Gives the file `name` a second path on the same file system. Something that has the path already is an error.
  func link(_ name: String, toPath new: String) throws(SystemError) {
    guard unsafe linkat(descriptor, name, AT_FDCWD, new, 0) == 0 else {
      throw .last("link", "\(path(of: name)) to \(new)")
    }
  }

  /// Throws unless a file can be renamed into the folder at `directory`, which mount points prevent even within one file system.
  ///
  /// No file can take the place of "folder/.", so that the attempt fails in any case; the question is with which error.
  func checkRename(of name: String, into directory: String) throws(SystemError) {
    do throws(SystemError) {
      try rename(name, toPath: directory + "/.")
    } catch  where error.isCrossDevice {
      throw error
    } catch {}
  }

  /// Makes the names in the folder durable. A file system that cannot do so for folders does it by itself.
  func sync() throws(SystemError) {
    guard fsync(descriptor) != 0, errno != EINVAL, errno != ENOTSUP else { return }
    throw .last("fsync", path)
  }

  /// The names in the folder, without "." and "..", in no order.
  func names() throws(SystemError) -> [String] {
    // The copy belongs to the stream, and is closed with it.
    let copy = unsafe openat(descriptor, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard copy >= 0 else { throw .last("open", path) }
    guard let stream = unsafe fdopendir(copy) else {
      let error = SystemError.last("opendir", path)
      close(copy)
      throw error
    }
    defer { unsafe closedir(stream) }
    var names: [String] = []
    while let entry = unsafe readdir(stream) {
      let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      if name != ".", name != ".." { names.append(name) }
    }
    return names
  }
}
