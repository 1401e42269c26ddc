import Foundation
import HTTP

extension S3Client {
  /// What a PUT asks for before it replaces an object. A store that knows no conditions passes over them.
  public enum Condition: Sendable, Equatable {
    /// Nothing.
    case none
    /// There is no object.
    case isAbsent
    /// The object is still the one with this ETag.
    case isUnchanged(eTag: String)

    var header: (String, String)? {
      switch self {
      case .none: nil
      case .isAbsent: ("If-None-Match", "*")
      case .isUnchanged(let eTag): ("If-Match", eTag)
      }
    }
  }

  /// An object that was read.
  public struct Object: Sendable {
    /// Its bytes.
    public let bytes: [UInt8]
    /// What tells it from others of its name.
    public let eTag: String
    /// Whose write it is, where the store keeps that.
    let mark: String?
  }

  /// An object that was looked at.
  struct Head {
    let byteCount: Int?
    let eTag: String
    let mark: String?
  }

  /// The header that tells whose write an object is.
  private static let markHeader = "x-amz-meta-write-id"

  /// GetObject: the whole object, of at most 64 MiB; nil where there is none.
  ///
  /// - Parameter isEnding: whether that ends what was begun, see `S3Deadline`.
  public func get(_ object: S3URI, isEnding: Bool = false) throws(S3Error) -> Object? {
    var request = S3Request(operation: "GetObject", method: "GET", object: object)
    request.isEnding = isEnding
    do throws(S3Error) {
      let response = try send(request, mistake: Self.mistake(request, status: 200)).response
      return Object(bytes: response.body, eTag: Self.eTag(response), mark: response.header(Self.markHeader))
    } catch {
      guard error.status == 404, error.code == "NoSuchKey" else { throw error }
      return nil
    }
  }

  /// GetObject of the first byte: what HeadObject would tell; nil where there is no object.
  ///
  /// An answer to HEAD has no body, so that 400 would not say whether credentials have expired or what else is wrong.
  ///
  /// - Parameter isEnding: whether that ends what was begun, see `S3Deadline`.
  func head(_ object: S3URI, isEnding: Bool = false) throws(S3Error) -> Head? {
    var request = S3Request(operation: "GetObject", method: "GET", object: object)
    request.isEnding = isEnding
    request.headers = [("Range", "bytes=0-0")]
    do throws(S3Error) {
      let response = try send(request, mistake: Self.mistake(request)).response
      // "bytes 0-0/12345"
      let total = response.header("Content-Range")?.split(separator: "/").last.map(String.init)
      return Head(
        byteCount: (total ?? response.header("Content-Length")).flatMap { Int($0) }, eTag: Self.eTag(response),
        mark: response.header(Self.markHeader))
    } catch {
      // An object without bytes has no first one.
      if error.status == 416 {
        return try get(object, isEnding: isEnding).map { Head(byteCount: $0.bytes.count, eTag: $0.eTag, mark: $0.mark) }
      }
      guard error.status == 404, error.code == "NoSuchKey" else { throw error }
      return nil
    }
  }

  /// The judgment of answers that must have an ETag: one without it comes from something that is no store, or that has not
  /// done what it was asked.
  private static func mistake(_ request: S3Request, status: Int? = nil) -> (HTTPResponse) -> S3Error? {
    { response in
      guard eTag(response).isEmpty || response.status != status ?? response.status else { return nil }
      return S3Error(request, response, message: "an answer that is no success: it has no ETag, or another status")
    }
  }

  private static func eTag(_ response: HTTPResponse) -> String { response.header("ETag") ?? "" }

  /// PutObject, in place of what is there, if `condition` holds; returns the new object's ETag.
  ///
  /// - Parameters:
  ///   - mark: kept with the object, to tell whose write it is.
  ///   - isEnding: whether that ends what was begun, see `S3Deadline`.
  @discardableResult
  func put(
    _ object: S3URI, _ body: [UInt8], contentType: String, mark: String, condition: Condition = .none,
    isEnding: Bool = false
  ) throws(S3Error) -> String {
    var request = S3Request(operation: "PutObject", method: "PUT", object: object, body: body)
    request.headers = [("Content-Type", contentType), (Self.markHeader, mark)]
    request.isEnding = isEnding
    if let header = condition.header { request.headers.append(header) }
    return Self.eTag(try send(request, mistake: Self.mistake(request)).response)
  }

  /// DeleteObject. An object that is not there is no error.
  func delete(_ object: S3URI) throws(S3Error) {
    let request = S3Request(operation: "DeleteObject", method: "DELETE", object: object)
    do throws(S3Error) { _ = try send(request) } catch {
      guard error.status == 404, error.code == "NoSuchKey" else { throw error }
    }
  }

  /// ListObjectsV2: the keys of all objects below `folder`, of which each answer has a page.
  func list(below folder: S3URI) throws(S3Error) -> [String] {
    var keys: [String] = []
    var token: String?
    repeat {
      let page = try page(below: folder, after: token)
      keys += page.keys
      token = page.token
    } while token != nil
    return keys
  }

  private func page(below folder: S3URI, after token: String?) throws(S3Error) -> ListedObjects {
    var request = S3Request(operation: "ListObjectsV2", method: "GET", object: folder.bucketRoot)
    request.query = [("list-type", "2"), ("prefix", folder.key + "/")]
    if let token { request.query.append(("continuation-token", token)) }
    let sent = request
    do throws(S3Error) {
      let reply = try send(
        sent,
        mistake: { response in
          ListedObjects(response.body, after: token) == nil
            ? S3Error(sent, response, message: "an answer that is no list, or that does not go on") : nil
        })
      return ListedObjects(reply.response.body, after: token) ?? ListedObjects()
    } catch {
      // A store that has folders does not know one without objects.
      guard error.status == 404, error.code == "NoSuchKey" else { throw error }
      return ListedObjects()
    }
  }

  // MARK: Multipart uploads

  /// CreateMultipartUpload; returns the upload's id.
  func createMultipartUpload(_ object: S3URI, contentType: String, mark: String) throws(S3Error) -> String {
    var request = S3Request(
      operation: "CreateMultipartUpload", method: "POST", object: object, query: [("uploads", "")])
    request.headers = [("Content-Type", contentType), (Self.markHeader, mark)]
    // The name of the answer's root is not the same in all stores.
    let id = { (response: HTTPResponse) in S3XML(response.body)?.texts["UploadId"].flatMap { $0.isEmpty ? nil : $0 } }
    let sent = request
    let reply = try send(
      sent,
      mistake: { response in
        id(response) == nil ? S3Error(sent, response, message: "an answer without an UploadId") : nil
      })
    return id(reply.response) ?? ""
  }

  /// UploadPart; returns the part's ETag.
  func uploadPart(
    _ object: S3URI, uploadID: String, number: Int, _ body: [UInt8], isGivenUp: () -> Bool
  ) throws(S3Error) -> String {
    var request = S3Request(operation: "UploadPart", method: "PUT", object: object, body: body)
    request.query = [("partNumber", "\(number)"), ("uploadId", uploadID)]
    return Self.eTag(try send(request, isGivenUp: isGivenUp, mistake: Self.mistake(request)).response)
  }

  /// CompleteMultipartUpload: the object appears, if `condition` holds. A 200 can carry an error, because it is sent before the
  /// work is done.
  ///
  /// - Parameter eTags: those of the parts, in their order.
  func completeMultipartUpload(
    _ object: S3URI, uploadID: String, eTags: [String], condition: Condition
  ) throws(S3Error) {
    var request = S3Request(operation: "CompleteMultipartUpload", method: "POST", object: object)
    request.query = [("uploadId", uploadID)]
    request.headers = [("Content-Type", "application/xml")]
    if let header = condition.header { request.headers.append(header) }
    let parts = eTags.enumerated().map { index, eTag in
      "<Part><PartNumber>\(index + 1)</PartNumber><ETag>\(Self.escaped(eTag))</ETag></Part>"
    }
    let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
    request.body = Array(
      "<CompleteMultipartUpload xmlns=\"\(namespace)\">\(parts.joined())</CompleteMultipartUpload>".utf8)
    let sent = request
    _ = try send(
      sent,
      mistake: { response in
        S3XML(response.body)?.root == "CompleteMultipartUploadResult"
          ? nil : S3Error(sent, response, message: "an answer that says neither success nor failure")
      })
  }

  /// AbortMultipartUpload: the parts go. An upload that is not there any more is no error.
  func abortMultipartUpload(_ object: S3URI, uploadID: String) throws(S3Error) {
    var request = S3Request(
      operation: "AbortMultipartUpload", method: "DELETE", object: object, query: [("uploadId", uploadID)])
    request.isEnding = true
    do throws(S3Error) { _ = try send(request) } catch {
      guard error.status == 404 else { throw error }
    }
  }

  private static func escaped(_ text: String) -> String {
    text.map { character in
      switch character {
      case "&": "&amp;"
      case "<": "&lt;"
      case ">": "&gt;"
      case "\"": "&quot;"
      default: String(character)
      }
    }.joined()
  }
}
