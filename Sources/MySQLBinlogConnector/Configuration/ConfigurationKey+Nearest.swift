extension ConfigurationKey {
  /// The key that is meant by `text`: what other tools call by that name, or begins with it, or has a word of it, or is few
  /// single-character edits away; nil where none is near.
  static func nearest(to text: String) -> ConfigurationKey? {
    let name = text.lowercased()
    if let key = ofOtherTools[joined(name)] { return key }
    if name.count >= 3, let key = allCases.first(where: { $0.rawValue.hasPrefix(name) }) { return key }
    let scalars = Array(name.unicodeScalars.prefix(longestCompared))
    let words = Set(Self.words(name))
    var best: (key: ConfigurationKey?, distance: Int) = (nil, .max)
    for key in allCases {
      let distance = editDistance(scalars, Array(key.rawValue.unicodeScalars))
      let isNear = 2 * distance <= scalars.count || !words.isDisjoint(with: Self.words(key.rawValue))
      if isNear, distance < best.distance { best = (key, distance) }
    }
    return best.key
  }

  /// Names by which mysqlbinlog, mysql clients, Debezium, Maxwell, Canal and libraries call what a key says; without the
  /// characters between words.
  private static let ofOtherTools: [String: ConfigurationKey] = {
    let names: [ConfigurationKey: [String]] = [
      .host: ["hostname", "server", "address", "databasehostname", "mysqlhost", "masterhost"],
      .port: ["databaseport", "mysqlport", "masterport"],
      .user: ["username", "login", "databaseuser", "mysqluser", "masteruser"],
      .password: ["passwd", "pwd", "pass", "databasepassword", "masterpassword"],
      .database: ["db", "dbname", "databasename", "schema", "defaultdatabase"],
      .fromBinlogFile: [
        "startfile", "binlogfile", "binlogfilename", "startlogfile", "masterlogfile", "sourcelogfile", "journalname",
      ],
      .fromBinlogPosition: [
        "startposition", "startpos", "binlogposition", "binlogpos", "logpos", "logposition", "position", "pos",
        "offset",
        "masterlogpos", "sourcelogpos",
      ],
      .toBinlogFile: ["stopfile", "endfile"],
      .toBinlogPosition: ["stopposition", "stoppos", "endposition", "endpos"],
      .fromTimestamp: ["startdatetime", "starttime", "starttimestamp", "since"],
      .toTimestamp: ["stopdatetime", "stoptime", "stoptimestamp", "enddatetime", "endtime", "until"],
      .gtidSet: ["gtid", "gtids", "startgtid", "autoposition", "includegtids"],
      .toGTIDSet: ["stopgtid", "endgtid"],
      .checkpointFile: [
        "checkpoint", "statefile", "offsetfile", "resumefile", "positionfile", "offsetstoragefilename",
      ],
      .include: [
        "tables", "onlytables", "includetables", "tableincludelist", "tablewhitelist", "databases", "onlyschemas",
        "databaseincludelist", "whitelist",
      ],
      .exclude: [
        "ignoretables", "ignoredtables", "excludetables", "tableexcludelist", "tableblacklist", "ignoredschemas",
        "databaseexcludelist", "blacklist",
      ],
      .outputDirectory: ["output", "outputdir", "outputpath", "outputfolder", "outdir"],
      .parquetOutputDirectory: ["parquetdir", "parquetfolder"],
      .outputMode: ["format", "outputformat", "outputtype"],
      .parquetBatchSize: ["batchsize", "rowgroupsize", "maxbatchsize"],
      .serverID: ["slaveid", "replicaid", "databaseserverid", "clientid"],
      .sslMode: ["tls", "usessl", "requiressl", "databasesslmode", "tlsmode"],
      .sslCA: ["ca", "cacert", "cafile", "tlsca"],
      .connectTimeoutSeconds: ["timeout", "connecttimeout", "connecttimeoutms"],
      .readTimeoutSeconds: ["readtimeout", "nettimeout", "heartbeat", "heartbeatinterval"],
      .logLevel: ["loglevel", "verbosity", "verbose"],
    ]
    return Dictionary(
      names.flatMap { key, names in names.map { ($0, key) } }, uniquingKeysWith: { first, _ in first })
  }()

  /// The words of a name.
  private static func words(_ name: String) -> [String] {
    name.split { $0 == "_" || $0 == "-" || $0 == "." || $0 == " " }.map(String.init)
  }

  /// The name without the characters between its words.
  private static func joined(_ name: String) -> String { words(name).joined() }

  /// No key is nearly as long as this; it bounds the work for a hostile file.
  private static let longestCompared = 32

  /// The Levenshtein distance: insertions, deletions and substitutions.
  private static func editDistance(_ a: [Unicode.Scalar], _ b: [Unicode.Scalar]) -> Int {
    var row = Array(0...b.count)
    for (i, x) in a.enumerated() {
      var diagonal = row[0]
      row[0] = i + 1
      for (j, y) in b.enumerated() {
        let substituted = diagonal + (x == y ? 0 : 1)
        diagonal = row[j + 1]
        row[j + 1] = min(substituted, row[j] + 1, row[j + 1] + 1)
      }
    }
    return row[b.count]
  }
}
