/// Batches of partitions that wait for more rows while rows of another partition come in.
///
/// Their memory is bounded. When it is used up, the largest of them go on to their files, so that row groups are as large as
/// that memory allows, however many tables there are.
struct ParkedBatches<Batch: ChangeBatch> {
  /// Bytes of all batches, with what they reserve.
  private let weightLimit: Int
  /// What a batch weighs beside its bytes.
  static var emptyWeight: Int { 8 << 10 }

  private struct Parked {
    let partition: Partition
    let batch: Batch
    let weight: Int
    /// Its place in the order in which batches were parked.
    let number: UInt64
  }

  private var parked: [Partition: Parked] = [:]
  private var weight = 0
  private var lastNumber: UInt64 = 0

  /// No batches; those to come are to weigh at most a part of `memoryLimit` bytes.
  init(memoryLimit: Int) { weightLimit = memoryLimit / Self.share }

  private static var share: Int { 8 }

  /// True if no batch is parked.
  var isEmpty: Bool { parked.isEmpty }

  /// Puts aside the batch of `partition`, of which none is parked.
  mutating func park(_ batch: Batch, of partition: Partition) {
    lastNumber += 1
    // Buffers grow by half.
    let entry = Parked(
      partition: partition, batch: batch, weight: Self.emptyWeight + batch.byteCount * 3 / 2, number: lastNumber)
    parked[partition] = entry
    weight += entry.weight
  }

  /// Takes the batch of `partition` back; nil where none is parked.
  mutating func take(_ partition: Partition) -> Batch? {
    guard let entry = parked.removeValue(forKey: partition) else { return nil }
    weight -= entry.weight
    return entry.batch
  }

  /// Takes the largest batches, when the memory is used up: as many as free half of it, so that this is seldom.
  mutating func takeExcess() -> [(Partition, Batch)] {
    guard weight > weightLimit else { return [] }
    let order = parked.values.sorted { ($1.weight, $0.number) < ($0.weight, $1.number) }
    return take(order, until: weightLimit / 2)
  }

  /// Takes all batches, in the order in which they were parked.
  mutating func takeAll() -> [(Partition, Batch)] {
    take(parked.values.sorted { $0.number < $1.number }, until: 0)
  }

  private mutating func take(_ order: [Parked], until limit: Int) -> [(Partition, Batch)] {
    var taken: [(Partition, Batch)] = []
    for entry in order where weight > limit {
      parked[entry.partition] = nil
      weight -= entry.weight
      taken.append((entry.partition, entry.batch))
    }
    return taken
  }
}
