import Foundation
import HTTP
import Platform

/// Why a request to the store came to nothing. It holds no secret.
///
/// See <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html>.
public struct S3Error: Error, Equatable, Sendable {
  /// What was asked, by its name in the reference: "PutObject".
  public let operation: String
  /// On what.
  public let object: S3URI
  /// The HTTP status; nil where there was no answer.
  public let status: Int?
  /// The store's code: "SlowDown".
  public let code: String?
  /// The store's words, or those for what kept it from answering.
  public private(set) var message: String
  /// What AWS's support asks for.
  public let requestID: String?
  /// The region in which the bucket is, where the store tells.
  let bucketRegion: String?
  private let isTransient: Bool
  /// The store's certificate is not trusted, or is another host's.
  private let isCertificate: Bool
  /// The client's deadline came first, see `S3Deadline`: whether the store does what was asked, is not known.
  let isTimeOver: Bool
  /// How often it was tried.
  public internal(set) var attempts = 1

  /// More than this of a store's message is not repeated.
  private static let longestMessage = 300

  /// There was no answer; `isTransient` tells whether there may be one in a moment.
  init(_ request: S3Request, _ message: String, isTransient: Bool, isCertificate: Bool = false) {
    self.init(request, message, isTransient: isTransient, isCertificate: isCertificate, isTimeOver: false)
  }

  /// There was no answer before the client's deadline.
  init(timeOver request: S3Request, _ message: String) {
    self.init(request, message, isTransient: false, isCertificate: false, isTimeOver: true)
  }

  private init(_ request: S3Request, _ message: String, isTransient: Bool, isCertificate: Bool, isTimeOver: Bool) {
    self.isTransient = isTransient
    self.isCertificate = isCertificate
    self.isTimeOver = isTimeOver
    operation = request.operation
    object = request.object
    status = nil
    code = nil
    self.message = message
    requestID = nil
    bucketRegion = nil
  }

  /// The answer is an error, perhaps in spite of its status; `message` says what it is where the answer does not.
  package init(_ request: S3Request, _ response: HTTPResponse, message: String? = nil) {
    isTransient = false
    isCertificate = false
    isTimeOver = false
    operation = request.operation
    object = request.object
    status = response.status
    let answer = S3XML(response.body)
    let isError = answer?.root == "Error"
    code = isError ? answer?.texts["Code"].map { String($0.prefix(Self.longestMessage)) } : nil
    let words = isError ? answer?.texts["Message"] : nil
    self.message = String((words ?? message ?? "").prefix(Self.longestMessage))
    requestID = response.header("x-amz-request-id") ?? (isError ? answer?.texts["RequestId"] : nil)
    bucketRegion = response.header("x-amz-bucket-region") ?? (isError ? answer?.texts["Region"] : nil)
  }

  /// What may help.
  package enum Remedy {
    /// Nothing that is done here.
    case none
    /// To try again after a while.
    case wait
    /// Credentials that have not expired.
    case newCredentials
    /// The store's time in place of this machine's.
    case otherClock
  }

  /// Codes of a request that did not come through as it was sent, or came at the wrong moment, whatever their status.
  private static let transientCodes: Set<String> = [
    "SlowDown", "RequestTimeout", "InternalError", "ServiceUnavailable", "Throttling", "ThrottlingException",
    "RequestThrottled", "BadDigest", "XAmzContentSHA256Mismatch", "IncompleteBody", "OperationAborted",
    "ConditionalRequestConflict",
  ]
  /// Codes of requests that fail again, beside those that their status tells; some stores send them with 200.
  private static let lastingCodes: Set<String> = [
    "AccessDenied", "EntityTooLarge", "EntityTooSmall", "InvalidPart", "InvalidPartOrder", "MalformedXML",
    "NoSuchBucket",
    "NoSuchKey", "NoSuchUpload", "NotImplemented", "PreconditionFailed",
  ]
  private static let expiryCodes: Set<String> = ["ExpiredToken", "ExpiredTokenException", "TokenRefreshRequired"]

  /// What may help.
  package var remedy: Remedy {
    guard let status else { return isTransient ? .wait : .none }
    if let code, Self.expiryCodes.contains(code) { return .newCredentials }
    if code == "RequestTimeTooSkewed" { return .otherClock }
    if status < 300 { return code.map(Self.lastingCodes.contains) == true ? .none : .wait }
    if status == 408 || status == 429 || [500, 502, 503, 504].contains(status) { return .wait }
    return code.map(Self.transientCodes.contains) == true ? .wait : .none
  }

  /// Says what the attempt before this one came to.
  mutating func add(_ last: S3Error) { message += "; the attempt before: \(last.answer)" }

  /// True if a condition of the request does not hold: somebody else has changed the object.
  var isConflict: Bool {
    status == 412 || status == 409 || code == "PreconditionFailed" || code == "ConditionalRequestConflict"
  }

  /// True if what the request is about is not there, or not any more.
  var isGone: Bool { code == "NoSuchKey" || code == "NoSuchUpload" }
}

extension S3Error: CustomStringConvertible {
  /// "PutObject s3://bucket/key: 503 SlowDown: Reduce your request rate, request id 4442587FB7D0A2F9, 10 attempts".
  public var description: String {
    "\(operation) \(object): \(answer)" + (attempts > 1 ? ", \(attempts) attempts" : "")
  }

  /// "503 SlowDown: Reduce your request rate, request id 4442587FB7D0A2F9".
  private var answer: String {
    let status = [status.map { "\($0)" }, code].compactMap { $0 }.joined(separator: " ")
    let what = [status, message].filter { !$0.isEmpty }.joined(separator: ": ")
    return what + (requestID.map { ", request id \($0)" } ?? "")
  }

  /// What to do about it.
  public var advice: String {
    if isCertificate {
      return "check AWS_ENDPOINT_URL_S3; AWS_CA_BUNDLE names authorities to trust in place of the system's"
    }
    if isTimeOver {
      return "check the network and the store, or give the run more time; objects completed before are safe"
    }
    if let code, Self.expiryCodes.contains(code) { return "run again with credentials that have not expired" }
    switch code {
    case "RequestTimeTooSkewed": return "set this machine's clock"
    case "InvalidAccessKeyId", "SignatureDoesNotMatch", "InvalidToken":
      return "check AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN"
    case "NoSuchBucket": return "check the bucket's name, AWS_REGION and AWS_ENDPOINT_URL_S3"
    case "NotImplemented":
      return
        "a checkpoint needs a store that knows conditional writes (If-Match): keep it in a file, or in another store"
    case "EntityTooLarge": return "set parquet_roll_bytes to a smaller number"
    default: break
    }
    switch status {
    case 301, 307, 308,
      400 where bucketRegion != nil:
      return "set AWS_REGION to the bucket's region" + (bucketRegion.map { ", \($0)" } ?? "")
    case 401, 403: return "check that the credentials allow \(Self.action(operation)) on this bucket and prefix"
    default: return "check the network and the store, and run again; objects completed before are safe"
    }
  }

  /// The name of the permission for an operation.
  private static func action(_ operation: String) -> String {
    switch operation {
    case "GetObject": "s3:GetObject, and s3:ListBucket to tell a missing object,"
    case "CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload": "s3:PutObject"
    case "ListObjectsV2": "s3:ListBucket"
    default: "s3:" + operation
    }
  }
}

extension OutputError {
  /// The store refused.
  init(_ error: S3Error) { self.init(error.description, advice: error.advice) }
}
