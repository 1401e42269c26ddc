import Foundation

/// Binlog files of many servers that are not part of the project: `MBC_CORPUS`, or ../shared/corpus beside the checkout.
public enum CorpusFile {
  /// The bytes of the file `name`, or nil where there is no corpus.
  public static func bytes(_ name: String) -> [UInt8]? {
    let checkout = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../..").standardized
    let beside = checkout.appending(path: "../shared/corpus").standardized
    let folder = ProcessInfo.processInfo.environment["MBC_CORPUS"].map { URL(filePath: $0) } ?? beside
    return (try? Data(contentsOf: folder.appending(path: name))).map { [UInt8]($0) }
  }

  /// True if there is a corpus.
  public static var isThere: Bool { bytes("INDEX.tsv") != nil }
}
