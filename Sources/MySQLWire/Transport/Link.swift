import Bytes
import NIOCore
import Platform

/// The socket of a connection with the time limits in force.
final class Link {
  /// How long a call may wait.
  enum Patience {
    /// Until this moment, which was so many seconds ahead.
    case until(Deadline, seconds: Int)
    /// So many seconds for each wait.
    case idle(seconds: Int)
  }

  private var socket: Socket
  var patience: Patience

  init(_ socket: consuming Socket, _ patience: Patience) {
    self.socket = socket
    self.patience = patience
  }

  /// The address on the other side.
  var peer: Platform.SocketAddress { socket.peer }

  private var seconds: Int {
    switch patience {
    case .until(_, let seconds), .idle(let seconds): seconds
    }
  }

  private var deadline: Deadline {
    switch patience {
    case .until(let deadline, _): deadline
    case .idle(let seconds): Deadline(secondsFromNow: Double(seconds))
    }
  }

  /// Sends all of `bytes`.
  func send(_ bytes: RawSpan) throws(WireFailure) {
    do { try socket.send(bytes, deadline: deadline) } catch { throw WireFailure(error, seconds: seconds) }
  }

  /// Appends what the socket has, at most `count` bytes. Returns whether there was anything; there is when `waiting`.
  func receive(into output: inout OutputBuffer, upTo count: Int, waiting: Bool) throws(WireFailure) -> Bool {
    do throws(SocketError) {
      return try unsafe output.append(upTo: count) { memory throws(SocketError) in
        try unsafe receive(into: memory, waiting: waiting)
      } > 0
    } catch { throw WireFailure(error, seconds: seconds) }
  }

  /// Fills the free room of `buffer` with what the socket has. Returns whether there was anything; there is when `waiting`.
  func receive(into buffer: inout ByteBuffer, waiting: Bool) throws(WireFailure) -> Bool {
    var failure: SocketError?
    let count = unsafe buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: 1) { memory in
      do throws(SocketError) {
        return try unsafe receive(into: memory, waiting: waiting)
      } catch {
        failure = error
        return 0
      }
    }
    if let failure { throw WireFailure(failure, seconds: seconds) }
    return count > 0
  }

  private func receive(into memory: UnsafeMutableRawBufferPointer, waiting: Bool) throws(SocketError) -> Int {
    guard waiting else { return try unsafe socket.receiveIfReady(into: memory) ?? 0 }
    return try unsafe socket.receive(into: memory) { deadline }
  }

  /// Closes the socket.
  func close() { socket.close() }
}
