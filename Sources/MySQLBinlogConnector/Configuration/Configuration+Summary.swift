extension Configuration {
  /// What a run is about to do, in a few lines for the log; without any secret.
  package var summary: [String] {
    var lines = files.map { [$0.summary] } ?? [connectionSummary, tlsSummary]
    lines += ["binlog range: \(rangeSummary)", outputSummary]
    lines += objectStoreSummary
    lines += durabilitySummary
    lines += filterSummary
    return lines
  }

  private var connectionSummary: String {
    let database = server.database.map { " database=\($0)" } ?? ""
    return "connection: host=\(server.host) port=\(server.port) user=\(server.user)\(database) "
      + "using_password=\(server.password.isEmpty ? "no" : "yes") server_id=\(server.serverID) "
      + "connect_timeout=\(server.connectTimeoutSeconds)s read_timeout=\(server.readTimeoutSeconds)s "
      + "max_event_bytes=\(maxEventBytes)"
  }

  private var tlsSummary: String {
    let files = [("ssl_ca", tls.caFile), ("ssl_cert", tls.certificateFile), ("ssl_key", tls.keyFile)]
    return "tls: ssl_mode=\(tls.mode.rawValue)"
      + files.map { name, path in path.map { " \(name)=\($0)" } ?? "" }.joined()
  }

  /// Start and end of the range.
  var rangeSummary: String {
    let end =
      range.toFile.map { "\($0):\(range.toOffset.map(String.init) ?? "end of file")" }
      ?? (files == nil ? "for ever" : "end of the last file")
    return "\(startSummary) -> \(stop.isBounded && range.toFile == nil ? stop.description : end)"
  }

  private var startSummary: String {
    switch start {
    case .position(let position): position.description
    case .gtids(let gtids): "gtid_set '\(gtids)'"
    case .oldest: "the oldest event"
    case .now: "now"
    case .timestamp(let time): "from_timestamp \(time) (\(UTCTime.text(time)) UTC)"
    }
  }

  private var durabilitySummary: [String] {
    let roll = [("seconds", durability.roll.seconds), ("rows", durability.roll.rows), ("bytes", durability.roll.bytes)]
    let limits = roll.compactMap { unit, limit in limit.map { "\(unit)=\($0)" } }
    return (durability.checkpointFile.map { ["checkpoint: file=\($0)"] } ?? [])
      + (limits.isEmpty ? [] : ["\(output.mode == .json ? "json" : "parquet") roll: " + limits.joined(separator: " ")])
  }

  private var outputSummary: String {
    guard let place = output.delivery.place else {
      return "output: mode=\(output.mode.rawValue) events=\(output.events.rawValue) "
        + output.namesSummary
    }
    let form = output.mode == .json ? "events=\(output.events.rawValue)" : parquetSummary
    return "output: mode=\(output.mode.rawValue) dir=\(place) \(output.partitioning.summary)"
      + "batch_size=\(output.parquetBatchSize) "
      + "queue_capacity=\(output.queueCapacity) compression=\(output.compression.summary) "
      + "\(form) \(output.namesSummary)"
  }

  private var parquetSummary: String {
    guard output.parquetLayout == .changes else {
      return "layout=tables before_images=\(output.beforeImages.rawValue) bloom_filters=\(output.hasBloomFilters) "
        + "table_format=\(output.tableFormat.rawValue) "
        + "memory_limit=\(output.memoryLimit)"
    }
    let extra = output.extraColumns.map(\.rawValue).joined(separator: ",")
    return "json_type=\(output.parquetJSONType.rawValue)" + (extra.isEmpty ? "" : " extra_columns=\(extra)")
  }

  private var objectStoreSummary: [String] { objectStore.map { ["object store: \($0.summary)"] } ?? [] }

  private var filterSummary: [String] {
    let lists = [("include", filter.include), ("exclude", filter.exclude), ("operations", filter.operations)]
    return lists.filter { !$0.1.isEmpty }.map { list, patterns in
      "filter: \(list)=\(patterns.joined(separator: ","))"
    }
  }
}

extension OutputSettings {
  /// Source of the names of columns.
  fileprivate var namesSummary: String {
    let files = schemaFiles.isEmpty ? "" : " schema_files=\(schemaFiles.joined(separator: ","))"
    return "column_names=\(columnNames.rawValue)\(files)"
  }
}
