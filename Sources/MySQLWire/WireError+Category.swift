extension WireError {
  /// What kind of trouble this is.
  public var category: Category {
    switch cause {
    case .system, .unknownHost, .timedOut, .closedByPeer, .dumpEnded, .otherServer: .unreachable
    // A handshake that fails usually fails again.
    case .tlsFailed: isOpening ? .loginRefused : .unreachable
    case .interrupted: .interrupted
    case .server(let packet): category(of: packet)
    case .malformed, .unexpectedPacket, .outOfSequence, .tooLarge, .localInfileRefused, .notReady: .protocolViolation
    case .unsupportedServer, .unsupportedPlugin, .clearPasswordRefused, .passwordEncryption: .loginRefused
    case .tlsNotOffered, .certificateRejected: .loginRefused
    case .eventTooLarge: .serverData
    case .tlsConfiguration, .positionTooLarge, .invalidOption: .configuration
    }
  }

  private func category(of packet: ERRPacket) -> Category {
    if packet.isDuplicateReplica { return .configuration }
    switch packet.code {
    case ServerErrorCode.tooManyConnections, ServerErrorCode.serverShutdown, ServerErrorCode.abortingConnection,
      ServerErrorCode.tooManyUserConnections, ServerErrorCode.queryInterrupted, ServerErrorCode.connectionKilled:
      return .unreachable
    case ServerErrorCode.unknownDatabase: return .configuration
    case ServerErrorCode.databaseAccessDenied, ServerErrorCode.accessDenied, ServerErrorCode.tableAccessDenied,
      ServerErrorCode.specificAccessDenied, ServerErrorCode.mustChangePassword:
      return .loginRefused
    default: break
    }
    return isOpening ? .loginRefused : .serverData
  }

  /// True if bytes that changed on the way may be the reason: trying again may help, though not for ever.
  public var mayBeDamage: Bool {
    switch cause {
    case .tlsFailed: true
    case .localInfileRefused: false
    default: category == .protocolViolation
    }
  }

  /// True if the server refused a dump because of what its binlog has or does not have.
  public var isAboutMissingLog: Bool {
    guard case .server(let packet) = cause, category == .serverData else { return false }
    return packet.code == ServerErrorCode.masterFatalReadingBinlog
  }

  /// True if the connection was not open yet.
  var isOpening: Bool {
    switch activity {
    case .resolve, .connect, .tls, .login: true
    case .query, .registerReplica, .prepareDump, .dump, .readEvent: false
    }
  }
}

extension ERRPacket {
  /// True if another replica uses our server_id or UUID: MariaDB's error 4052, or one of the many meanings of error 1236,
  /// which only their text tells apart.
  var isDuplicateReplica: Bool {
    switch code {
    case ServerErrorCode.sameReplicaID: true
    case ServerErrorCode.masterFatalReadingBinlog: mentions("same server_uuid") || mentions("same server_id")
    default: false
    }
  }

  /// True if the message contains `words`, in any case.
  func mentions(_ words: String) -> Bool { message.lowercased().contains(words) }
}
