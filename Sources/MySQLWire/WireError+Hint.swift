import Platform

extension WireError {
  /// What to do next, in one sentence; nil where there is nothing to advise.
  public var hint: String? {
    switch cause {
    case .system(let error): systemHint(error)
    case .unknownHost: "check the spelling of host, and that this machine's name server knows it"
    case .timedOut: timeoutHint
    case .closedByPeer, .dumpEnded: closedHint
    case .server(let packet): serverHint(packet)
    case .unsupportedServer: "a server of MySQL 5.5 or MariaDB 5.5 or later is needed"
    case .unsupportedPlugin(let name): pluginHint(name)
    case .clearPasswordRefused:
      "use an account with caching_sha2_password, sha256_password or mysql_native_password"
    case .passwordEncryption: "encrypt the connection: set ssl_mode to required"
    case .tlsNotOffered: "turn TLS on in the server, or set ssl_mode to preferred or disabled"
    case .tlsFailed:
      "the server must speak TLS 1.2 or 1.3; if it demands a client certificate, set ssl_cert and ssl_key"
    case .certificateRejected(let problem): certificateHint(problem)
    case .tlsConfiguration: "correct ssl_mode, ssl_ca, ssl_cert and ssl_key"
    case .positionTooLarge:
      "the command's position has 4 bytes: begin at an earlier position of this file, or at the next file"
    case .malformed, .unexpectedPacket, .outOfSequence:
      "check that host and port belong to a MySQL or MariaDB server, and that no proxy changes the stream"
    case .eventTooLarge: "raise max_event_bytes if the server's log really holds such events"
    case .otherServer: "set host to one server, and not to a name or proxy that spreads connections over several"
    case .interrupted, .tooLarge, .localInfileRefused, .invalidOption, .notReady: nil
    }
  }

  private func systemHint(_ error: SystemError) -> String {
    if error.isConnectionRefused { return "check host and port, and that the server runs and listens on that address" }
    if let advice = error.adviceOnLimit { return advice }
    return "check the network between this machine and \(server)"
  }

  private var timeoutHint: String {
    isOpening
      ? "check host, port and firewalls, or raise connect_timeout_seconds"
      : "the server or the network hangs; raise read_timeout_seconds if the server is only slow"
  }

  private var closedHint: String {
    if activity == .tls { return "the server's error log says why; the server must speak TLS 1.2 or 1.3" }
    return isOpening
      ? "check that host and port belong to a MySQL or MariaDB server"
      : "the server's error log says why; it may have been shut down, or the connection killed"
  }

  private func certificateHint(_ problem: CertificateProblem) -> String {
    switch problem {
    case .notTrusted: "set ssl_ca to the file of the authority that issued the server's certificate"
    case .expired, .notYetValid: "renew the server's certificate, and check the clock of this machine"
    case .wrongHost: "connect to a name that the certificate carries, or use ssl_mode verify_ca"
    }
  }

  private func pluginHint(_ name: String) -> String {
    let advice = "use an account with caching_sha2_password, sha256_password or mysql_native_password"
    return name == "mysql_old_password" ? advice + "; the hash of servers before 4.1 is not safe" : advice
  }

  private func serverHint(_ packet: ERRPacket) -> String? {
    if packet.isDuplicateReplica { return "another replica uses this server_id: set server_id to an unused number" }
    return switch packet.code {
    case ServerErrorCode.accessDenied: isOpening ? accountHint : privilegeHint
    case ServerErrorCode.accessDeniedNoPassword:
      accountHint + "; one with unix_socket logs in on the server's own machine only"
    case ServerErrorCode.hostNotPrivileged:
      "create the account for this machine's address: CREATE USER '\(user)'@'%' IDENTIFIED BY …"
    case ServerErrorCode.hostBlocked: "run FLUSH HOSTS on the server (TRUNCATE TABLE performance_schema.host_cache)"
    case ServerErrorCode.databaseAccessDenied, ServerErrorCode.unknownDatabase: "check database, or leave it out"
    case ServerErrorCode.specificAccessDenied, ServerErrorCode.tableAccessDenied: privilegeHint
    case ServerErrorCode.tooManyConnections, ServerErrorCode.tooManyUserConnections:
      "wait, or raise max_connections or the account's limit"
    case ServerErrorCode.masterFatalReadingBinlog: binlogHint(packet)
    case ServerErrorCode.noBinlog: "set log_bin on the server"
    case ServerErrorCode.notSupportedAuthMode:
      "use an account with caching_sha2_password, sha256_password or mysql_native_password"
    case ServerErrorCode.mustChangePassword, ServerErrorCode.mustChangePasswordLogin:
      "the password has expired: log in with the mysql client and run ALTER USER USER() IDENTIFIED BY …"
    case ServerErrorCode.accountLocked: "run ALTER USER '\(user)'@… ACCOUNT UNLOCK"
    case ServerErrorCode.secureTransportRequired: "the server demands TLS: set ssl_mode to required or higher"
    default: nil
    }
  }

  /// A server does not say whether the password or a missing encryption was the reason.
  private var accountHint: String {
    "check user and password, and whether the account may log in from this machine and requires TLS (ssl_mode) or a"
      + " client certificate (ssl_cert)"
  }

  private var privilegeHint: String {
    "run GRANT REPLICATION SLAVE, REPLICATION CLIENT ON *.* TO '\(user)'@… (in MariaDB also BINLOG MONITOR)"
  }

  /// The texts are those of MySQL 5.7 to 9.7 and MariaDB 10.11 to 11.8.
  private func binlogHint(_ packet: ERRPacket) -> String {
    if packet.mentions("first log file name") {
      return "the file is not, or no longer, on the server: SHOW BINARY LOGS lists those that are"
    }
    if packet.mentions("position > file size") || packet.mentions("position < 4")
      || packet.mentions("impossible position")
    {
      return "the position is not in the file: SHOW BINARY LOGS lists the sizes; the first event is at 4"
    }
    if packet.mentions("checksum") {
      return "the server's binlog has a checksum that this connection was not prepared for, or is damaged"
    }
    if packet.mentions("anonymous transaction") || packet.mentions("gtid-transaction") {
      return "the log is from a time of another gtid_mode: set it to ON_PERMISSIVE or OFF_PERMISSIVE on the server, or"
        + " read copies of the files (source \"file\")"
    }
    if packet.mentions("not in the master's binlog") || packet.mentions("is missing the gtid") {
      return
        "the server's log does not have that transaction: a replica has only with log_slave_updates in its log what it"
        + " replicates, so set host to its source; else check gtid_set, and whether the log was reset"
    }
    if packet.mentions("purged") || packet.mentions("gtid") {
      return "the events asked for were purged: begin at the first file that SHOW BINARY LOGS lists"
    }
    if packet.mentions("misconfigured") || packet.mentions("server id") {
      return "set server_id to a number from 1 to 4294967295 that no other server uses"
    }
    return "check that the position is the beginning of an event (SHOW BINLOG EVENTS), and the server's error log"
  }
}
