import Foundation

// https://github.com/delta-io/delta/blob/master/PROTOCOL.md#actions

/// One line of a Delta table's log. The members of actions that are of no use here are not kept.
package struct DeltaAction: Codable, Equatable, Sendable {
  package var commitInfo: CommitInfo?
  package var `protocol`: Demands?
  package var metaData: MetaData?
  package var txn: Transaction?
  package var add: Add?
  package var remove: Remove?

  /// Description of a commit, for people.
  package struct CommitInfo: Codable, Equatable, Sendable {
    package var timestamp: Int64?
    package var operation: String?
    package var operationParameters: [String: String]?
    package var engineInfo: String?
    package var isBlindAppend: Bool?

    enum CodingKeys: String, CodingKey { case timestamp, operation, operationParameters, engineInfo, isBlindAppend }

    package init(timestamp: Int64, operation: String, engineInfo: String) {
      self.timestamp = timestamp
      self.operation = operation
      operationParameters = [:]
      self.engineInfo = engineInfo
      isBlindAppend = true
    }

    /// Reads nothing: other writers put there what they like.
    package init(from decoder: any Decoder) {}
  }

  /// Demands on readers and writers.
  package struct Demands: Codable, Equatable, Sendable {
    package var minReaderVersion: Int
    package var minWriterVersion: Int
    package var readerFeatures: [String]?
    package var writerFeatures: [String]?
  }

  /// Columns and properties of the table.
  package struct MetaData: Codable, Equatable, Sendable {
    package struct Format: Codable, Equatable, Sendable {
      package var provider: String
      package var options: [String: String]?
    }

    package var id: String
    package var name: String?
    package var description: String?
    package var format: Format
    package var schemaString: String
    package var partitionColumns: [String]
    package var configuration: [String: String]?
    package var createdTime: Int64?
  }

  /// The number of an application's last part.
  package struct Transaction: Codable, Equatable, Sendable {
    package var appId: String
    package var version: Int64
    package var lastUpdated: Int64?
  }

  /// A file that belongs to the table from here on.
  package struct Add: Codable, Equatable, Sendable {
    package var path: String
    package var partitionValues: [String: String?]
    package var size: Int64
    package var modificationTime: Int64
    package var dataChange: Bool
    package var stats: String?
  }

  /// A file that does not belong to the table any more.
  package struct Remove: Codable, Equatable, Sendable {
    package var path: String
    package var deletionTimestamp: Int64?
    package var dataChange: Bool
    package var extendedFileMetadata: Bool?
    package var partitionValues: [String: String?]?
    package var size: Int64?
  }
}

extension [DeltaAction] {
  /// A commit as the bytes of its file.
  package var encoded: [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    var bytes: [UInt8] = []
    for action in self {
      // Strings, integers and truth values can always be encoded.
      guard let line = try? encoder.encode(action) else { preconditionFailure("an action cannot be encoded") }
      bytes += line
      bytes.append(UInt8(ascii: "\n"))
    }
    return bytes
  }

  /// Reads a commit's file, by whomever it was written; nil for one that is none.
  package init?(decoding bytes: [UInt8]) {
    let decoder = JSONDecoder()
    self = []
    for line in bytes.split(separator: UInt8(ascii: "\n")) where !line.allSatisfy({ $0 == 0x20 || $0 == 0x0D }) {
      guard let action = try? decoder.decode(DeltaAction.self, from: Data(line)) else { return nil }
      append(action)
    }
  }
}
