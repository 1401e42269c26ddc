import BinlogParser

/// How a binlog file ends, and what that says of the file in which the log goes on.
public enum BinlogFileEnding: Sendable, Equatable {
  /// With ROTATE, which names the next file; nil where the name cannot be read.
  case rotate(to: String?)
  /// With STOP, or in a relay log also with ROTATE: the next file has the next number.
  case stop
  /// With another event: the server died, or the file is not whole. The next file has the next number.
  case none

  /// The reason why the file `next` is not the one that follows `name`, which ends like this; nil if it is.
  ///
  /// Files may have been renamed, as long as their numbers are those that the server gave them.
  func problem(of next: String, behind name: String) -> BinlogFileProblem? {
    if case .rotate(let named?) = self {
      if named == next { return nil }
      guard let number = BinlogFileOrder.number(of: named), BinlogFileOrder.number(of: next) == number else {
        return .gap(expected: named, next: next)
      }
      return nil
    }
    guard let number = BinlogFileOrder.number(of: name), number < .max, let other = BinlogFileOrder.number(of: next)
    else { return .unknownOrder(next: next) }
    return other == number + 1 ? nil : .gap(expected: "the file number \(number + 1)", next: next)
  }
}
