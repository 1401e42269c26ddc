import Bytes
import Platform

/// A prefix in a bucket, below which finished objects appear.
public struct S3Prefix: OutputStore {
  private let writes: GuardedWrites
  private let uri: S3URI

  /// Objects whose keys begin with that of `uri`.
  ///
  /// - Parameters:
  ///   - mayReplace: asked before an object takes the place of another; throws when another run has taken over.
  ///   - warn: takes what the user should know.
  public init(
    _ client: S3Client, _ uri: S3URI, mayReplace: @escaping @Sendable () throws(OutputError) -> Void,
    warn: @escaping @Sendable (String) -> Void
  ) {
    writes = GuardedWrites(client, mayReplace: mayReplace, warn: warn)
    self.uri = uri
  }

  /// Starts the object that will be `name` below the prefix. Nothing is sent yet.
  public func createFile(_ name: String) throws(OutputError) -> any OutputFile {
    S3Object(writes, try object(name))
  }

  /// Lets the object `name` appear, which the store must refuse where there is one.
  public func createIfAbsent(_ name: String, _ bytes: [UInt8]) throws(OutputError) -> Bool {
    try writes.createIfAbsent(try object(name), bytes, contentType: Self.jsonType)
  }

  private static let jsonType = "application/json"

  /// The bytes of the object `name`; nil where there is none.
  public func read(_ name: String) throws(OutputError) -> [UInt8]? {
    let object = try object(name)
    do { return try writes.client.get(object)?.bytes } catch { throw OutputError(error) }
  }

  /// The names of all objects in `folder`.
  public func list(_ folder: String) throws(OutputError) -> [String] {
    let folder = try object(folder)
    let above = uri.key.isEmpty ? 0 : uri.key.count + 1
    let keys: [String]
    do { keys = try writes.client.list(below: folder) } catch { throw OutputError(error) }
    return keys.map { String($0.dropFirst(above)) }.sorted()
  }

  /// Leaves an object without rows under each of `names`, which a write that comes late does not find as it expects it.
  ///
  /// A store without conditions would do that write all the same: there the objects are removed, which needs the permission
  /// s3:DeleteObject.
  public func vacate(_ names: [String], leaving blank: () -> [UInt8]) throws(OutputError) {
    guard let first = names.first else { return }
    try leave(blank(), at: try object(first))
    guard try writes.areKept(at: object(first), blank(), contentType: S3Object.contentType) else {
      writes.warnOfConditions()
      return try remove(names)
    }
    for name in names.dropFirst() { try leave(blank(), at: try object(name)) }
  }

  private func leave(_ body: [UInt8], at object: S3URI) throws(OutputError) {
    let file = S3Object(writes, object)
    try file.write(body.bytes)
    try file.publish()
  }

  private func remove(_ names: [String]) throws(OutputError) {
    for name in names {
      let object = try object(name)
      do { try writes.client.delete(object) } catch { throw OutputError(error) }
    }
  }

  private func object(_ name: String) throws(OutputError) -> S3URI {
    do { return try uri.appending(name) } catch {
      throw OutputError("\(uri)/\(name) \(error)", advice: "choose a shorter prefix")
    }
  }
}
