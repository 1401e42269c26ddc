import Bytes
import Foundation
import Pipeline
import Platform

/// Files in memory, and a checkpoint: keeps what becomes visible, and what is saved, in order.
final class MemoryStore: OutputStore, CheckpointStore, @unchecked Sendable {
  /// One thing that became visible or safe.
  enum Step: Equatable {
    /// A checkpoint, which covers `files`, and beside which the names `unfinished` stand.
    case checkpoint(files: [String], unfinished: [String])
    /// A file of this name.
    case file(String)
  }

  /// Name of the file that cannot be published; nil for none.
  let broken: String?
  private let lock = NSLock()
  private var visible: [(name: String, bytes: [UInt8])] = []
  private var taken: [Step] = []
  private var open = 0

  /// A store without files, in which the file `broken` cannot be published.
  init(broken: String? = nil) { self.broken = broken }

  /// The visible files, in the order in which they appeared.
  var files: [(name: String, text: String)] {
    lock.withLock { visible.map { ($0.name, String(decoding: $0.bytes, as: UTF8.self)) } }
  }
  /// Everything that became visible or safe.
  var steps: [Step] { lock.withLock { taken } }
  /// Number of files that were begun, and are neither visible nor abandoned.
  var openCount: Int { lock.withLock { open } }

  func createFile(_ name: String) throws(OutputError) -> any OutputFile {
    lock.withLock { open += 1 }
    return MemoryFile(self, name)
  }

  func createIfAbsent(_ name: String, _ bytes: [UInt8]) throws(OutputError) -> Bool {
    guard read(name) == nil else { return false }
    let file = try createFile(name)
    try file.write(bytes.bytes)
    try file.publish()
    return true
  }

  func read(_ name: String) -> [UInt8]? { lock.withLock { visible.last { $0.name == name }?.bytes } }

  func list(_ folder: String) -> [String] {
    lock.withLock { Set(visible.map(\.name)).filter { $0.hasPrefix(folder + "/") }.sorted() }
  }

  func vacate(_ names: [String], leaving blank: () -> [UInt8]) throws(OutputError) {}

  fileprivate func publish(_ name: String, _ bytes: [UInt8]) throws(OutputError) {
    guard name != broken else { throw OutputError("\(name) cannot be published", advice: "do not ask for it") }
    lock.withLock {
      visible.append((name, bytes))
      taken.append(.file(name))
      open -= 1
    }
  }

  fileprivate func abandon() { lock.withLock { open -= 1 } }

  func load() throws(CheckpointStoreError) -> [UInt8]? { nil }

  func check() throws(CheckpointStoreError) {}

  func save(_ document: [UInt8]) throws(CheckpointStoreError) {
    guard let checkpoint = try? Checkpoint(decoding: document) else { throw .inUse("no checkpoint") }
    let step = Step.checkpoint(files: checkpoint.files.map(\.path), unfinished: checkpoint.unfinished ?? [])
    lock.withLock { taken.append(step) }
  }
}

/// A file of a `MemoryStore`.
private final class MemoryFile: OutputFile {
  private let store: MemoryStore
  let finalPath: String
  private var bytes: [UInt8] = []
  private var isOver = false

  init(_ store: MemoryStore, _ name: String) {
    self.store = store
    finalPath = name
  }

  var byteCount: Int { bytes.count }
  var bufferedByteCount: Int { 0 }

  func write(_ bytes: RawSpan) { self.bytes += bytes.array }

  func seal() {}

  func publish() throws(OutputError) {
    try store.publish(finalPath, bytes)
    isOver = true
  }

  func abandon() {
    if !isOver { store.abandon() }
    isOver = true
  }
}
