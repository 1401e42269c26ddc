import Platform
import Synchronization

/// The object that keeps a run's checkpoint.
///
/// It is replaced only if it is still the one that this run read or wrote last (If-Match), so that of two runs with one
/// checkpoint one fails at its next save. A store that does not know conditions replaces it in any case. `check` finds
/// the other run in every store, unless it writes in the same moment.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-writes.html>.
public final class S3Checkpoint: CheckpointStore {
  private let client: S3Client
  private let uri: S3URI
  /// The ETag of the object that was read or written last; nil where there is none.
  private let eTag = Mutex<String?>(nil)

  private static let contentType = "application/json"

  /// The checkpoint at `uri`.
  public init(_ client: S3Client, _ uri: S3URI) {
    self.client = client
    self.uri = uri
  }

  /// What the object holds; nil where there is none.
  public func load() throws(CheckpointStoreError) -> [UInt8]? {
    do throws(S3Error) {
      let object = try client.get(uri)
      eTag.withLock { $0 = object?.eTag }
      return object?.bytes
    } catch {
      throw .unavailable(OutputError(error))
    }
  }

  /// Throws `inUse` unless the object is the one that was read or written last.
  public func check() throws(CheckpointStoreError) {
    let found: String?
    do { found = try client.head(uri)?.eTag } catch { throw .unavailable(OutputError(error)) }
    guard found == eTag.withLock({ $0 }) else { throw Self.inUse("\(uri) is not the one that it knows") }
  }

  /// Replaces the object, if nobody else has done so.
  public func save(_ document: [UInt8]) throws(CheckpointStoreError) {
    do throws(S3Error) {
      try replace(with: document)
    } catch {
      guard error.isConflict || error.status == 404 && error.code == "NoSuchKey" else {
        throw .unavailable(OutputError(error))
      }
      throw Self.inUse("\(error)")
    }
  }

  private static func inUse(_ how: String) -> CheckpointStoreError {
    .inUse("another run has written or removed it since this one read it (\(how))")
  }

  /// What this checkpoint covers is visible already, so that the time for it is what is kept for the end of a run.
  private func replace(with document: [UInt8]) throws(S3Error) {
    let mark = Nonce.make()
    let condition = eTag.withLock { $0 }.map { S3Client.Condition.isUnchanged(eTag: $0) } ?? .isAbsent
    do throws(S3Error) {
      let new = try client.put(
        uri, document, contentType: Self.contentType, mark: mark, condition: condition, isEnding: true)
      eTag.withLock { $0 = new }
    } catch {
      // The answer to an earlier attempt may have been lost on its way, and then the object is ours.
      guard error.isConflict, let object = try client.get(uri, isEnding: true),
        object.mark.map({ $0 == mark }) ?? (error.attempts > 1 && object.bytes == document)
      else { throw error }
      eTag.withLock { $0 = object.eTag }
    }
  }
}
