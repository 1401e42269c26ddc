/// How output files are called: after the place in the log where they start, so that a run that writes the same rows again
/// writes them into the same file.
public struct FileNaming: Sendable, Equatable {
  /// Which files have their start in their name.
  public enum Parts: Sendable {
    /// None: there is one file for each binlog file.
    case none
    /// Those that do not start with their binlog file.
    case rest
    /// All.
    case all
  }

  /// Which files have their start in their name.
  public let parts: Parts
  /// What tells the server's files from those of the server with which the output began; empty for that server itself.
  public let serverMark: String
  /// What stands behind the name's last part, and says the form of the file: ".parquet".
  public let ending: String

  /// Names with the start for `parts`, with `serverMark`, that end in `ending`.
  public init(parts: Parts, serverMark: String = "", ending: String) {
    self.parts = parts
    self.ending = ending
    self.serverMark = serverMark
  }

  /// True if a binlog file without rows has an output file too.
  var hasFileForEachBinlog: Bool { parts == .none && serverMark.isEmpty }

  /// Digits of a position in a name.
  private static let positionDigits = 10
  /// The first event's position in every binlog file.
  private static let firstPosition: UInt64 = 4

  /// "binlog.000001.parquet", or "binlog.000001-0000000004.parquet".
  ///
  /// - Parameter number: counts the files of one start in one folder, from 1; the second is "binlog.000001-0000000004-2.parquet".
  public func name(_ binlogFile: String, start: UInt64, number: Int = 1) -> String {
    let mark = serverMark.isEmpty ? "" : "-\(serverMark)"
    let hasStart = parts == .all || (parts == .rest && start > Self.firstPosition) || !mark.isEmpty
    guard hasStart else { return binlogFile + ending }
    let digits = String(start)
    let zeros = String(repeating: "0", count: max(0, Self.positionDigits - digits.count))
    let suffix = number > 1 ? "-\(number)" : ""
    return "\(binlogFile)-\(zeros)\(digits)\(suffix)\(mark)\(ending)"
  }
}
