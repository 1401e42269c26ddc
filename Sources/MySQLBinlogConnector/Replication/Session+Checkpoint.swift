import ObjectStore
import Pipeline
import Platform

extension Session {
  /// True if the next run knows where this one ended: from a checkpoint, or because it is told.
  var keepsPlace: Bool { configuration.durability.checkpointFile != nil || request.isOneOfMany }

  func warn(of kept: Checkpoint) {
    log.warning("the checkpoint \(kept.position) is passed over: the run was told where to begin")
  }

  /// Removes output files behind the checkpoint: their part was not complete, and will be written again.
  ///
  /// The checkpoint is written to `store` before. A run that is still at that part, which a store without locks cannot
  /// prevent, then finds it changed, and can save none that counts on these files.
  ///
  /// - Parameter claims: whether the checkpoint is written, which the run's own need not be.
  func recover(
    _ checkpoint: Checkpoint?, in store: (any CheckpointStore)?, claims: Bool = true
  ) throws(RunError) {
    guard let location = configuration.output.delivery.place, let checkpoint, let names = checkpoint.unfinished else {
      return
    }
    log.info("removing what is there of \(names.count) output files that the checkpoint does not cover")
    if claims {
      do { try store?.save(checkpoint.claimed.encoded) } catch { throw .checkpoint(error, configuration) }
    }
    let place = outputPlace(location) { () throws(CheckpointStoreError) in try store?.check() }
    do throws(OutputError) { try place.vacate(names, leaving: { blankFile }) } catch { throw .output(error) }
  }

  /// Adds to Delta tables what `checkpoint` decided, and the run that wrote it did not come to add.
  func completeTables(_ checkpoint: Checkpoint?) throws(RunError) {
    guard let location = configuration.output.delivery.place, let checkpoint else { return }
    let place = outputPlace(location) { () throws(CheckpointStoreError) in }
    do throws(OutputError) {
      try checkpoint.completeDeltaTables(in: place, writer: writerProperties.application)
    } catch {
      throw .output(error)
    }
  }

  func checkpointStore() throws(RunError) -> (any CheckpointStore)? {
    switch configuration.durability.checkpointFile {
    case nil: return nil
    case .path(let path):
      do { return try CheckpointFile(path) } catch { throw .checkpoint(error, configuration) }
    case .s3(let uri): return S3Checkpoint(requiredStore, uri)
    }
  }

  /// The checkpoint in `store`; nil where there is none.
  func load(_ store: (any CheckpointStore)?) throws(RunError) -> Checkpoint? {
    let document: [UInt8]?
    do { document = try store?.load() } catch { throw .checkpoint(error, configuration) }
    guard let document else { return nil }
    do throws(Checkpoint.Malformed) {
      let checkpoint = try Checkpoint(decoding: document)
      // Of two equal keys the decoder keeps one.
      guard let key = (try? JSONSyntax.repeatedKey(of: document)) ?? nil else { return checkpoint }
      throw Checkpoint.Malformed(reason: "\(key.name.quotedForMessage) stands twice in it")
    } catch {
      throw .checkpoint(error, configuration)
    }
  }
}
