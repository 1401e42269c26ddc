/// The sizes that guard memory, in one place. All are bytes.
package enum Limits {
  /// The most that one packet can carry: a payload of this size is continued in the next packet.
  package static let packetPayload = 0xFF_FFFF
  /// The receive buffer: many small packets for one system call.
  package static let receiveBuffer = 1 << 20
  /// Below this much room at its end, the receive buffer moves what is left to its front.
  package static let receiveRoom = 64 << 10
  /// From this size on, the rest of a payload is received straight into its destination.
  package static let directReceive = 64 << 10
  /// The largest packet before the login is complete. Certificates do not count: they are TLS.
  package static let loginPacket = 1 << 20
  /// The most memory that the result of a query may take.
  package static let queryResult = 64 << 20
  /// The largest event: its header counts its bytes in four bytes.
  package static let event = Int(UInt32.max)
  /// Encrypted bytes taken from the socket at a time.
  package static let tlsReceive = 256 << 10
  /// What the client says it accepts, in HandshakeResponse41: the server's own largest value.
  package static let announcedPacket: UInt32 = 1 << 30
}
