import Dispatch
import Foundation
import Platform
import Synchronization

/// Reads of many files of a store at once: a store answers each only after a while.
final class SideBySideReads: Sendable {
  private let store: any OutputStore
  private let names: [String]
  private let results: Mutex<[Result<[UInt8]?, OutputError>]>

  private static let threadCount = 16

  private init(_ names: [String], of store: any OutputStore) {
    self.names = names
    self.store = store
    results = Mutex(Array(repeating: .success(nil), count: names.count))
  }

  /// The bytes of each of the files `names` of `store`; nil for one that is not there.
  static func bytes(of names: [String], in store: any OutputStore) throws(OutputError) -> [[UInt8]?] {
    let reads = SideBySideReads(names, of: store)
    reads.run()
    var bytes: [[UInt8]?] = []
    for result in reads.results.withLock({ $0 }) { bytes.append(try result.get()) }
    return bytes
  }

  private func run() {
    let group = DispatchGroup()
    for first in 0..<min(Self.threadCount, names.count) {
      group.enter()
      let thread = Thread { [self] in
        for index in stride(from: first, to: names.count, by: Self.threadCount) { read(index) }
        group.leave()
      }
      thread.name = "log"
      thread.start()
    }
    group.wait()
  }

  private func read(_ index: Int) {
    let result = Result { () throws(OutputError) in try store.read(names[index]) }
    results.withLock { $0[index] = result }
  }
}
