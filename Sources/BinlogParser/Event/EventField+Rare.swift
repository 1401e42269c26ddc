import Bytes

/// The fields of events that few logs hold, or only those of one server.
extension EventField {
  static func details(ofMySQL type: EventType, _ body: RawSpan) throws(DecodeError) -> [EventField] {
    switch type {
    case .heartbeatV2:
      let heartbeat = try HeartbeatV2Event(body)
      let place = BinlogPosition(file: heartbeat.file, offset: heartbeat.offset)
      return [EventField(name: "Position", value: place.description)]
    case .taggedGTID:
      return [EventField(name: "GTID", value: try TaggedGTIDEvent(body).description)]
    case .xaPrepare:
      let prepare = try XAPrepareEvent(body)
      return [
        EventField(name: "XID", value: prepare.description),
        EventField(name: "One Phase", value: prepare.isOnePhase ? "yes" : "no"),
      ]
    default:
      return []
    }
  }

  static func details(ofMariaDB header: EventHeader, _ body: RawSpan) throws(DecodeError) -> [EventField] {
    switch header.type {
    case .binlogCheckpoint:
      return [EventField(name: "File", value: try BinlogCheckpointEvent(body).file)]
    case .mariadbGTID:
      let gtid = try MariaDBGTIDEvent(body)
      return [EventField(name: "GTID", value: "\(gtid.domainID)-\(header.serverID)-\(gtid.sequenceNumber)")]
    case .startEncryption:
      let encryption = try StartEncryptionEvent(body)
      return [
        EventField(name: "Scheme", value: "\(encryption.scheme)"),
        EventField(name: "Key Version", value: "\(encryption.keyVersion)"),
      ]
    default:
      return []
    }
  }
}
