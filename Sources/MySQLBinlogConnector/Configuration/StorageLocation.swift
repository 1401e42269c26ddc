import ObjectStore
import Platform

/// Where files are kept: the values of `parquet_output_dir` and `checkpoint_file`.
package enum StorageLocation: Sendable, Equatable {
  /// On this machine.
  case path(String)
  /// In an object store.
  case s3(S3URI)

  /// True if it is in an object store.
  var isS3: Bool {
    if case .s3 = self { true } else { false }
  }

  /// True if `file` lies in the folder, or below the prefix, that this is. Paths are compared by where they really lead; a link in
  /// the folder lies in it, wherever it leads.
  func contains(_ file: StorageLocation) -> Bool {
    switch (self, file) {
    case (.path(let folder), .path(let path)):
      return FileSystem.isPath(path, within: folder) || FileSystem.isPath(FileSystem.parent(of: path), within: folder)
    case (.s3(let prefix), .s3(let object)):
      return prefix.bucket == object.bucket && (prefix.key.isEmpty || object.key.hasPrefix(prefix.key + "/"))
    case (.path, .s3), (.s3, .path): return false
    }
  }
}

extension StorageLocation: CustomStringConvertible {
  /// The path, or "s3://bucket/key".
  package var description: String {
    switch self {
    case .path(let path): path
    case .s3(let uri): uri.description
    }
  }
}

extension StorageLocation {
  /// A text that is no location; what it must be.
  struct Malformed: Error {
    let wanted: String
  }

  /// A path or the address of an object, or for a folder of a prefix.
  init(_ text: String, isFolder: Bool) throws(Malformed) {
    guard let scheme = text.firstRange(of: "://") else {
      self = .path(text)
      return
    }
    guard text[..<scheme.lowerBound] == "s3" else {
      throw Malformed(wanted: "must be a path, or an address that begins with s3://")
    }
    let uri: S3URI
    do throws(S3URI.Malformed) { uri = try S3URI(text) } catch { throw Malformed(wanted: "\(error)") }
    guard isFolder || !(uri.key.isEmpty || text.hasSuffix("/")) else {
      throw Malformed(wanted: "must name an object, s3://bucket/key")
    }
    self = .s3(uri)
  }
}

extension ConfigurationReader {
  /// A path or the address of an object, or for a folder of a prefix; nil where there is none, or where it was reported.
  mutating func location(_ key: ConfigurationKey, isFolder: Bool) -> StorageLocation? {
    guard let text = text(key) else { return nil }
    do throws(StorageLocation.Malformed) { return try StorageLocation(text, isFolder: isFolder) } catch {
      report(key, "\(error.wanted), is \(text.quotedForMessage)")
      return nil
    }
  }

  /// The location of a folder or a prefix, or the default of `key`.
  mutating func folder(_ key: ConfigurationKey) -> StorageLocation {
    location(key, isFolder: true) ?? .path(standardText(key))
  }

  /// What the environment says of the object store, which `key` needs.
  mutating func objectStore(for key: ConfigurationKey, _ environment: [String: String]) -> S3Settings? {
    do throws(S3SettingsError) { return try S3Settings(environment: environment) } catch {
      report(key, "is in an object store, but \(error)")
      return nil
    }
  }
}
