/// A bucket and a key in it: "s3://bucket/key". The key of an output folder is the prefix of its objects' keys.
public struct S3URI: Sendable, Equatable, Hashable {
  /// Why a text is no address.
  public struct Malformed: Error, Equatable, Sendable, CustomStringConvertible {
    /// What is wrong with it.
    public let description: String
  }

  /// The bucket's name.
  public let bucket: String
  /// The object's name, without slashes at its ends; empty for the whole bucket.
  public let key: String

  /// Bytes of the longest key, see <https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-keys.html>.
  private static let longestKey = 1024
  private static let scheme = "s3://"

  /// Reads "s3://bucket/key". A slash at the end does not count.
  public init(_ text: String) throws(Malformed) {
    guard text.hasPrefix(Self.scheme) else { throw Malformed(description: "must begin with s3://") }
    let rest = text.dropFirst(Self.scheme.count)
    let parts = rest.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let bucket = String(parts[0])
    guard Self.isBucketName(bucket) else {
      throw Malformed(description: "must name a bucket of 3 to 63 letters, digits, dots, hyphens and underscores")
    }
    var key = parts.count > 1 ? String(parts[1]) : ""
    if key.hasSuffix("/") { key.removeLast() }
    try self.init(bucket: bucket, key: key)
  }

  private init(bucket: String, key: String) throws(Malformed) {
    guard key.utf8.count <= Self.longestKey else {
      throw Malformed(description: "has a key of more than \(Self.longestKey) bytes")
    }
    guard key.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7F }) else {
      throw Malformed(description: "has control characters in its key")
    }
    let components = key.isEmpty ? [] : key.split(separator: "/", omittingEmptySubsequences: false)
    guard components.allSatisfy({ !["", ".", ".."].contains($0) }) else {
      throw Malformed(description: "has an empty component, or \".\" or \"..\", in its key")
    }
    self.bucket = bucket
    self.key = key
  }

  /// The address of `name` below this one.
  public func appending(_ name: String) throws(Malformed) -> S3URI {
    try S3URI(bucket: bucket, key: key.isEmpty ? name : key + "/" + name)
  }

  /// The whole bucket.
  var bucketRoot: S3URI { S3URI(wholeBucket: bucket) }

  private init(wholeBucket bucket: String) {
    self.bucket = bucket
    key = ""
  }

  /// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html>; other stores allow more.
  private static func isBucketName(_ name: String) -> Bool {
    let isAlphanumeric = { (character: Character) in character.isASCII && (character.isLetter || character.isNumber) }
    guard (3...63).contains(name.utf8.count), let first = name.first, let last = name.last else { return false }
    return isAlphanumeric(first) && isAlphanumeric(last)
      && name.allSatisfy { isAlphanumeric($0) || $0 == "." || $0 == "-" || $0 == "_" } && !name.contains("..")
  }
}

extension S3URI: CustomStringConvertible {
  /// "s3://bucket/key".
  public var description: String { Self.scheme + bucket + (key.isEmpty ? "" : "/" + key) }
}
