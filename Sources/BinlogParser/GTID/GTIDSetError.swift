/// A text that is no set of GTIDs: what is wrong with it, and where.
public struct GTIDSetError: Error, Equatable, Sendable {
  /// What kind of wrong.
  public enum Reason: Sendable {
    /// Nothing is there, and so neither MySQL nor MariaDB is told.
    case empty
    /// A UUID, 8-4-4-4-12 hexadecimal digits, should stand there.
    case expectedUUID
    /// A number should stand there.
    case expectedNumber
    /// The number is 0 or larger than any of its kind.
    case numberOutOfRange
    /// An interval ends before it starts.
    case reversedInterval
    /// A tag has more than 32 characters.
    case tagTooLong
    /// A hyphen between the numbers of a MariaDB GTID should stand there.
    case expectedHyphen
    /// A comma, or the end of the text, should stand there.
    case expectedComma
  }

  /// What kind of wrong.
  public let reason: Reason
  /// The place: 1 for the first character of the text.
  public let character: Int
}

extension GTIDSetError: CustomStringConvertible {
  /// One phrase: "a number is missing at character 38".
  public var description: String {
    switch reason {
    case .empty: "no GTID is given: neither uuid:number of MySQL nor domain-server-number of MariaDB"
    default: "\(phrase) at character \(character)"
    }
  }

  private var phrase: String {
    switch reason {
    case .empty: "nothing"
    case .expectedUUID: "a UUID (8-4-4-4-12 hexadecimal digits) is missing"
    case .expectedNumber: "a number is missing"
    case .numberOutOfRange: "a number that is 0 or too large stands"
    case .reversedInterval: "an interval that ends before it starts stands"
    case .tagTooLong: "a tag of more than \(GTIDTag.maximumLength) characters stands"
    case .expectedHyphen: "a hyphen of domain-server-number is missing"
    case .expectedComma: "something other than a comma or the end stands"
    }
  }
}
