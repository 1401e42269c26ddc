import Platform

/// A prefix in a bucket, below which finished objects appear.
public struct S3Prefix: OutputPlace {
  private let client: S3Client
  private let uri: S3URI

  /// Objects whose keys begin with that of `uri`.
  public init(_ client: S3Client, _ uri: S3URI) {
    self.client = client
    self.uri = uri
  }

  /// Starts the object that will be `name` below the prefix. Nothing is sent yet.
  public func createFile(_ name: String) throws(OutputError) -> any OutputFile {
    S3Object(client, try object(name))
  }

  /// Removes the objects `names`, which needs the permission s3:DeleteObject.
  public func removeFiles(_ names: [String]) throws(OutputError) {
    for name in names {
      let object = try object(name)
      do { try client.delete(object) } catch { throw OutputError(error) }
    }
  }

  private func object(_ name: String) throws(OutputError) -> S3URI {
    do { return try uri.appending(name) } catch {
      throw OutputError("\(uri)/\(name) \(error)", advice: "choose a shorter prefix")
    }
  }
}
