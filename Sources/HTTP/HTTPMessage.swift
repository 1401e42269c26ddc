/// What is asked of a server.
public struct HTTPRequest: Sendable {
  /// "GET", "PUT", …
  public var method: String
  /// The whole address, percent-encoded.
  public var url: String
  /// Names and values in the order in which they are sent.
  public var headers: [(String, String)]
  /// What is sent after them; nil for nothing.
  public var body: [UInt8]?

  /// A request.
  public init(_ method: String, _ url: String, headers: [(String, String)] = [], body: [UInt8]? = nil) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
  }
}

/// What a server answers.
public struct HTTPResponse: Sendable {
  /// 200, 404, …
  public let status: Int
  /// Names and values in the order in which they came.
  public let headers: [(String, String)]
  /// What came after them.
  public let body: [UInt8]

  /// A response.
  public init(status: Int, headers: [(String, String)] = [], body: [UInt8] = []) {
    self.status = status
    self.headers = headers
    self.body = body
  }

  /// The first value of the header `name`, whose case does not matter.
  public func header(_ name: String) -> String? {
    headers.first { $0.0.lowercased() == name.lowercased() }?.1
  }
}
