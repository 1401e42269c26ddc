#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#elseif canImport(Darwin)
  import Darwin
#endif

extension FileSystem {
  /// The paths that a shell pattern with `*`, `?` and `[…]` names, in the order of their bytes; none when nothing fits.
  ///
  /// - Throws: `SystemError` when a folder on the way cannot be read.
  public static func glob(_ pattern: String) throws(SystemError) -> [String] {
    var found = unsafe glob_t()
    let code = unsafe systemGlob(pattern, &found)
    defer { unsafe globfree(&found) }
    switch code {
    case 0: break
    case GLOB_NOMATCH: return []
    case GLOB_NOSPACE: throw SystemError("glob", pattern, code: ENOMEM)
    default: throw SystemError("glob", pattern, code: errno == 0 ? EACCES : errno)
    }
    var paths: [String] = []
    for index in 0..<Int(unsafe found.gl_pathc) {
      guard let path = unsafe found.gl_pathv?[index] else { break }
      paths.append(unsafe String(cString: path))
    }
    return paths
  }

  /// True if `text` holds a character that means something in a pattern.
  public static func isPattern(_ text: String) -> Bool { text.contains { "*?[".contains($0) } }
}

// `FileSystem.glob` hides the C function.
private func systemGlob(_ pattern: String, _ found: UnsafeMutablePointer<glob_t>) -> Int32 {
  errno = 0
  return unsafe glob(pattern, GLOB_ERR, nil, found)
}
