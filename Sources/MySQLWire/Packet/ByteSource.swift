import Bytes

/// Where a `PacketReader` gets its bytes from: a connection, or a test.
package protocol ByteSource: AnyObject {
  /// Appends at least one and at most `count` bytes, waiting for them when need be.
  func receive(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure)

  /// Appends at most `count` bytes if any can be had without waiting; returns whether there were any.
  func receiveIfReady(into buffer: inout OutputBuffer, upTo count: Int) throws(WireFailure) -> Bool
}
