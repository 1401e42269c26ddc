import Crypto
import Foundation
import Synchronization

/// An upload in parts, one of which is on its way at a time.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/mpuoverview.html>.
package final class MultipartUpload {
  private let client: S3Client
  private let uri: S3URI
  private let id: String
  private let mark: String
  private var eTags: [String] = []
  private var part: PartUpload?
  /// Bytes of the part that is on its way, until it was waited for.
  private(set) var sentByteCount = 0

  /// Begins an upload whose object will have `mark`.
  init(_ client: S3Client, _ uri: S3URI, contentType: String, mark: String) throws(S3Error) {
    self.client = client
    self.uri = uri
    self.mark = mark
    id = try client.createMultipartUpload(uri, contentType: contentType, mark: mark)
  }

  /// Parts that were begun.
  var partCount: Int { eTags.count + (part == nil ? 0 : 1) }

  /// Waits for the part that is on its way.
  func waitForPart() throws(S3Error) {
    guard let part else { return }
    eTags.append(try part.wait())
    self.part = nil
    sentByteCount = 0
  }

  /// Sends `bytes` as the next part on a thread of its own; no other part is on its way.
  func begin(_ bytes: [UInt8]) {
    sentByteCount = bytes.count
    part = PartUpload(client, uri, uploadID: id, number: eTags.count + 1, bytes)
  }

  /// Lets the object appear, if `condition` holds.
  func complete(_ condition: S3Client.Condition) throws(S3Error) {
    try waitForPart()
    try client.completeMultipartUpload(uri, uploadID: id, eTags: eTags, condition: condition)
  }

  /// True if an object is the one that was uploaded here, which has `byteCount` bytes.
  func isOwn(_ head: S3Client.Head, byteCount: Int) -> Bool {
    if let found = head.mark { return found == mark }
    return head.byteCount == byteCount && head.eTag == Self.eTag(of: eTags)
  }

  /// The ETag of an object that was sent as a whole, where it is an MD5 digest.
  static func eTag(of body: [UInt8]) -> String { "\"\(Insecure.MD5.hash(data: body).hexadecimal)\"" }

  /// The ETag of an object in parts, where those of its parts are MD5 digests: the MD5 of these, and their number.
  package static func eTag(of parts: [String]) -> String? {
    var digests: [UInt8] = []
    for part in parts {
      let digits = Array(part.utf8.filter { $0 != UInt8(ascii: "\"") })
      guard digits.count == 32 else { return nil }
      for index in stride(from: 0, to: 32, by: 2) {
        guard let byte = UInt8(String(decoding: digits[index..<index + 2], as: UTF8.self), radix: 16) else {
          return nil
        }
        digests.append(byte)
      }
    }
    return "\"\(Insecure.MD5.hash(data: digests).hexadecimal)-\(parts.count)\""
  }

  /// Gives the upload up, and removes what was sent. A store that cannot be reached keeps it until a rule of the bucket does.
  func abort() {
    part?.discard()
    try? client.abortMultipartUpload(uri, uploadID: id)
  }
}

/// A part on its way.
private final class PartUpload: @unchecked Sendable {
  private let condition = NSCondition()
  private var result: Result<String, S3Error>?
  private let isGivenUp = Atomic(false)

  init(_ client: S3Client, _ uri: S3URI, uploadID: String, number: Int, _ bytes: [UInt8]) {
    let thread = Thread { [self] in
      do throws(S3Error) {
        end(.success(try client.uploadPart(uri, uploadID: uploadID, number: number, bytes, isGivenUp: wasGivenUp)))
      } catch {
        end(.failure(error))
      }
    }
    thread.name = "upload"
    thread.start()
  }

  /// Waits for its end; returns its ETag.
  func wait() throws(S3Error) -> String {
    condition.lock()
    while result == nil { condition.wait() }
    defer { condition.unlock() }
    return try result?.get() ?? ""
  }

  /// Waits for the end of the attempt that is under way, and allows no other.
  func discard() {
    isGivenUp.store(true, ordering: .relaxed)
    _ = try? wait()
  }

  private func wasGivenUp() -> Bool { isGivenUp.load(ordering: .relaxed) }

  private func end(_ result: Result<String, S3Error>) {
    condition.lock()
    self.result = result
    condition.broadcast()
    condition.unlock()
  }
}
