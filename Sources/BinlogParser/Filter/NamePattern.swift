/// One part of a table filter's pattern: the name of a schema or a table, or a glob for several.
///
/// In a glob `*` stands for any characters, also none, and `?` for exactly one. Names are bytes in UTF-8, in which a
/// character may be several; a byte that is no UTF-8 counts as one.
enum NamePattern: Hashable, Sendable {
  case literal([UInt8])
  case glob([UInt8])

  private static let star = UInt8(ascii: "*")
  private static let question = UInt8(ascii: "?")

  /// The part `text`, which is taken as it is where it is quoted.
  init(_ text: [UInt8], isQuoted: Bool) {
    guard !isQuoted, text.contains(where: { $0 == Self.star || $0 == Self.question }) else {
      self = .literal(text)
      return
    }
    var glob: [UInt8] = []
    // Several asterisks in a row say no more than one.
    for byte in text where byte != Self.star || glob.last != Self.star { glob.append(byte) }
    self = .glob(glob)
  }

  /// Says whether it stands for every name.
  var isEverything: Bool { self == .glob([Self.star]) }

  /// The name that it stands for; nil for a glob.
  var name: [UInt8]? {
    if case .literal(let name) = self { name } else { nil }
  }

  /// Says whether it stands for `name`.
  ///
  /// - Complexity: the product of both lengths at worst.
  func matches(_ name: [UInt8]) -> Bool {
    switch self {
    case .literal(let text): text == name
    case .glob(let glob): Self.matches(glob, name)
    }
  }

  private static func matches(_ glob: [UInt8], _ name: [UInt8]) -> Bool {
    var (next, index) = (0, 0)
    // Behind the last asterisk, and the end of what it stands for so far.
    var retry: (next: Int, index: Int)?
    while index < name.count {
      if next < glob.count, glob[next] == star {
        next += 1
        retry = (next, index)
      } else if next < glob.count, glob[next] == question {
        next += 1
        index = endOfCharacter(at: index, name)
      } else if next < glob.count, glob[next] == name[index] {
        next += 1
        index += 1
      } else {
        guard let last = retry else { return false }
        next = last.next
        index = endOfCharacter(at: last.index, name)
        retry = (next, index)
      }
    }
    return glob[next...].allSatisfy { $0 == star }
  }

  private static func endOfCharacter(at start: Int, _ name: [UInt8]) -> Int {
    var end = start + 1
    guard name[start] >= 0xC0 else { return end }
    while end < name.count, end < start + 4, name[end] & 0xC0 == 0x80 { end += 1 }
    return end
  }
}
