/// A list into which elements can be put, and out of which they can be taken, at any place: a hundred thousand such changes to
/// as many elements take a fraction of a second, where an array would move half of its elements for each.
///
/// The elements lie in chunks of a bounded size. A change finds its chunk by a walk over the others' counts, and moves
/// elements of that chunk only.
struct ChunkedArray<Element> {
  private static var fullCount: Int { 1024 }

  /// None is empty.
  private var chunks: [[Element]] = []
  /// The number of elements.
  private(set) var count = 0

  /// A list of `elements`.
  init(_ elements: [Element]) {
    count = elements.count
    guard count > Self.fullCount else {
      chunks = elements.isEmpty ? [] : [elements]
      return
    }
    chunks = stride(from: 0, to: count, by: Self.fullCount / 2).map { start in
      Array(elements[start..<min(start + Self.fullCount / 2, count)])
    }
  }

  /// The element at `index`, which must be in range.
  subscript(index: Int) -> Element {
    let (chunk, offset) = place(of: index)
    return chunks[chunk][offset]
  }

  /// Inserts `element` before the one at `index`, or at the end.
  mutating func insert(_ element: Element, at index: Int) {
    count += 1
    guard !chunks.isEmpty else { return chunks.append([element]) }
    let (chunk, offset) = place(of: index)
    chunks[chunk].insert(element, at: offset)
    guard chunks[chunk].count > Self.fullCount else { return }
    let half = chunks[chunk].count / 2
    chunks.insert(Array(chunks[chunk][half...]), at: chunk + 1)
    chunks[chunk].removeSubrange(half...)
  }

  /// Removes the element at `index`, which must be in range.
  mutating func remove(at index: Int) {
    count -= 1
    let (chunk, offset) = place(of: index)
    chunks[chunk].remove(at: offset)
    if chunks[chunk].isEmpty { chunks.remove(at: chunk) }
  }

  /// The index of the first element for which `condition`, true and then false along the list, is false.
  func partitioningIndex(_ condition: (Element) -> Bool) -> Int {
    let chunk = Self.partitioningIndex(chunks) { $0.last.map(condition) ?? true }
    let before = chunks[..<chunk].reduce(0) { $0 + $1.count }
    return chunk < chunks.count ? before + Self.partitioningIndex(chunks[chunk], condition) : before
  }

  private static func partitioningIndex<T>(_ elements: [T], _ condition: (T) -> Bool) -> Int {
    var low = 0
    var high = elements.count
    while low < high {
      let middle = (low + high) / 2
      if condition(elements[middle]) { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Calls `body` for each element and its index.
  func forEach(_ body: (Int, Element) -> Void) {
    var index = 0
    for chunk in chunks {
      for element in chunk {
        body(index, element)
        index += 1
      }
    }
  }

  /// Place of the element at `index`; the end of the last chunk for the end of the list.
  private func place(of index: Int) -> (chunk: Int, offset: Int) {
    var offset = index
    for chunk in chunks.indices {
      let count = chunks[chunk].count
      if offset < count || offset == count && chunk == chunks.count - 1 { return (chunk, offset) }
      offset -= count
    }
    preconditionFailure("index out of range")
  }
}
