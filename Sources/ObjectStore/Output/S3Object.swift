import Bytes
import Platform

/// An object that is written piece by piece and appears when it is complete.
///
/// Up to one part it is kept in memory, and sent as a whole when published. From then on it is a multipart upload: a part
/// is sent while the next one is filled, so that two parts are in memory, and what of them is in the connection's buffers.
///
/// An upload has at most 10,000 parts. They have 16 MiB, and after each 1,200 parts twice as much, so that the longest
/// object that S3 stores, 5 TiB, needs fewer; up to 18 GiB memory does not grow.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html>.
package final class S3Object: OutputFile {
  package let finalPath: String
  package private(set) var byteCount = 0
  private let writes: GuardedWrites
  private let uri: S3URI
  private let mark = Nonce.make()
  /// The part that is being filled.
  private var buffer: [UInt8] = []
  private var upload: MultipartUpload?
  private var isOpen = true

  static let contentType = "application/vnd.apache.parquet"
  /// From here on there is memory for a whole part.
  private static let smallBytes = 1 << 20

  /// The object that will be at `uri`.
  init(_ writes: GuardedWrites, _ uri: S3URI) {
    self.writes = writes
    self.uri = uri
    finalPath = uri.description
  }

  deinit { abandon() }

  /// Bytes of the part of that number, of which the first is 1.
  package static func partByteCount(_ number: Int) -> Int { (16 << 20) << ((number - 1) / 1200) }

  package func write(_ bytes: RawSpan) throws(OutputError) {
    var offset = 0
    while offset < bytes.byteCount {
      let partBytes = Self.partByteCount((upload?.partCount ?? 0) + 1)
      let count = min(partBytes - buffer.count, bytes.byteCount - offset)
      if buffer.count + count > Self.smallBytes { buffer.reserveCapacity(partBytes) }
      unsafe bytes.extracting(offset..<offset + count).withUnsafeBytes { unsafe buffer.append(contentsOf: $0) }
      offset += count
      if buffer.count == partBytes { do { try sendPart() } catch { throw OutputError(error) } }
    }
    byteCount += bytes.byteCount
  }

  /// Bytes in memory, and those on their way.
  package var bufferedByteCount: Int { buffer.count + (upload?.sentByteCount ?? 0) }

  /// Sends what is in memory, as a part that may be small because it is the last.
  package func seal() throws(OutputError) {
    guard isOpen else { return }
    do throws(S3Error) {
      if !buffer.isEmpty { try sendPart() }
      try upload?.waitForPart()
    } catch {
      throw OutputError(error)
    }
  }

  package func publish() throws(OutputError) {
    guard isOpen else { return }
    if let upload {
      try seal()
      try writes.write(uri, looksFirst: true, isOwn: { upload.isOwn($0, byteCount: byteCount) }) {
        condition throws(S3Error) in try upload.complete(condition)
      }
    } else {
      try writes.write(uri, isOwn: isOwn) { condition throws(S3Error) in
        try writes.client.put(uri, buffer, contentType: Self.contentType, mark: mark, condition: condition)
      }
    }
    isOpen = false
  }

  /// True if an object is what was sent as a whole, by its mark, or by its contents where the store keeps no marks.
  private func isOwn(_ head: S3Client.Head) -> Bool {
    if let found = head.mark { return found == mark }
    return head.byteCount == byteCount && head.eTag == MultipartUpload.eTag(of: buffer)
  }

  package func abandon() {
    guard isOpen else { return }
    isOpen = false
    upload?.abort()
  }

  private func sendPart() throws(S3Error) {
    let upload = try begunUpload()
    try upload.waitForPart()
    upload.begin(buffer)
    buffer = []
  }

  private func begunUpload() throws(S3Error) -> MultipartUpload {
    if let upload { return upload }
    let new = try MultipartUpload(writes.client, uri, contentType: Self.contentType, mark: mark)
    upload = new
    return new
  }
}
