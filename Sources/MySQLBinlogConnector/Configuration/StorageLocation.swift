import ObjectStore

/// Where files are kept: the values of `parquet_output_dir` and `checkpoint_file`.
package enum StorageLocation: Sendable, Equatable {
  /// On this machine.
  case path(String)
  /// In an object store.
  case s3(S3URI)

  /// Whether it is in an object store.
  var isS3: Bool {
    if case .s3 = self { true } else { false }
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

extension ConfigurationReader {
  /// A path or the address of an object, or for a folder of a prefix; nil where there is none, or where it was reported.
  mutating func location(_ key: ConfigurationKey, isFolder: Bool) -> StorageLocation? {
    guard let text = text(key) else { return nil }
    guard let scheme = text.firstRange(of: "://") else { return .path(text) }
    guard text[..<scheme.lowerBound] == "s3" else {
      report(key, "must be a path, or an address that begins with s3://, is \(text.quotedForMessage)")
      return nil
    }
    do throws(S3URI.Malformed) {
      let uri = try S3URI(text)
      if isFolder || !(uri.key.isEmpty || text.hasSuffix("/")) { return .s3(uri) }
      report(key, "must name an object, s3://bucket/key, is \(text.quotedForMessage)")
    } catch {
      report(key, "\(error), is \(text.quotedForMessage)")
    }
    return nil
  }

  /// What the environment says of the object store, which `key` needs.
  mutating func objectStore(for key: ConfigurationKey, _ environment: [String: String]) -> S3Settings? {
    do throws(S3SettingsError) { return try S3Settings(environment: environment) } catch {
      report(key, "is in an object store, but \(error)")
      return nil
    }
  }
}
