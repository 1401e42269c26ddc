import BinlogParser
import Foundation

extension Checkpoint {
  /// The document is no checkpoint.
  public struct Malformed: Error, Equatable {
    /// Why.
    public let reason: String

    /// An error in words.
    public init(reason: String) { self.reason = reason }
  }

  /// Reads what `encoded` wrote.
  public init(decoding document: [UInt8]) throws(Malformed) {
    let decoded = try? JSONDecoder().decode(Checkpoint.self, from: Data(document))
    guard let decoded else { throw Malformed(reason: "it is not JSON with the keys of a checkpoint") }
    guard decoded.version == Self.currentVersion else {
      throw Malformed(reason: "version \(decoded.version) of the format is not known")
    }
    try decoded.checkGTIDSet()
    self = decoded
  }

  /// A set that cannot be read would go unused, and the run on by position alone.
  private func checkGTIDSet() throws(Malformed) {
    guard let gtidSet, !gtidSet.isEmpty else { return }
    do throws(GTIDSetError) { _ = try GTIDSet(gtidSet) } catch {
      throw Malformed(reason: "its gtid_set is no GTID set: \(error)")
    }
  }

  /// The checkpoint as JSON text. Equal checkpoints have equal texts.
  public var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
    // Strings and integers can always be encoded.
    guard let data = try? encoder.encode(self) else { preconditionFailure("a checkpoint cannot be encoded") }
    return Array(data) + [0x0A]
  }
}
