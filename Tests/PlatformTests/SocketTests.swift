import Bytes
import Foundation
import Platform
import Testing

@Suite struct SocketTests {
  static func address(_ port: Int) throws -> SocketAddress {
    let soon = Deadline(secondsFromNow: 5)
    return try #require(try Resolver.addresses(of: "127.0.0.1", port: port, deadline: soon, interrupt: nil).first)
  }

  /// Receives once, at most 100 bytes.
  static func receive(_ socket: borrowing Socket, within seconds: Double) throws(SocketError) -> [UInt8] {
    var output = OutputBuffer()
    _ = try output.append(upTo: 100) { memory throws(SocketError) in
      try socket.receive(into: memory) { Deadline(secondsFromNow: seconds) }
    }
    return output.array
  }

  @Test func bytesGoBothWays() async throws {
    let listener = Listener()
    let socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: nil)
    let server = listener.accept()
    writeAll(server, [1, 2, 3])
    #expect(try Self.receive(socket, within: 5) == [1, 2, 3])
    // More than the kernel holds, so that send has to wait for the reader.
    let large = (0..<20_000_000).map { UInt8(truncatingIfNeeded: $0) }
    // A thread of its own: tasks may all wait for one another on a machine with few processors.
    let (results, result) = AsyncStream.makeStream(of: Bool.self)
    Thread.detachNewThread {
      result.yield(readAll(server, large.count) == large)
      result.finish()
    }
    try socket.send(large.span.bytes, deadline: Deadline(secondsFromNow: 30))
    for await isWhole in results { #expect(isWhole) }
    closeDescriptor(server)
    #expect(throws: SocketError.closed) { try Self.receive(socket, within: 5) }
  }

  @Test func nothingToReceive() throws {
    let listener = Listener()
    let socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: nil)
    let server = listener.accept()
    defer { closeDescriptor(server) }
    var output = OutputBuffer()
    let count = try output.append(upTo: 10) { memory throws(SocketError) in
      try socket.receiveIfReady(into: memory) ?? 0
    }
    #expect(count == 0)
    let start = ContinuousClock.now
    #expect(throws: SocketError.timedOut) { try Self.receive(socket, within: 0.2) }
    #expect(ContinuousClock.now - start >= .milliseconds(200))
  }

  /// What is there already is not read: a peer that never stops sending is not heard beyond the deadline.
  @Test func nothingIsReceivedAfterTheDeadline() throws {
    let listener = Listener()
    let socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: nil)
    let server = listener.accept()
    defer { closeDescriptor(server) }
    writeAll(server, [1, 2, 3])
    #expect(throws: SocketError.timedOut) { try Self.receive(socket, within: 0) }
    #expect(try Self.receive(socket, within: 5) == [1, 2, 3])
  }

  @Test func interruptEndsAWait() throws {
    let listener = Listener()
    let interrupt = try InterruptSource()
    let socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: interrupt)
    let server = listener.accept()
    defer { closeDescriptor(server) }
    Thread.detachNewThread {
      Thread.sleep(forTimeInterval: 0.1)
      interrupt.trigger()
    }
    #expect(throws: SocketError.interrupted) { try Self.receive(socket, within: 20) }
    #expect(interrupt.isTriggered)
    // It stays triggered, even when there is something to read.
    writeAll(server, [1])
    #expect(throws: SocketError.interrupted) { try Self.receive(socket, within: 20) }
  }

  @Test func byteInThePipeEndsAWait() throws {
    let listener = Listener()
    let interrupt = try InterruptSource()
    let socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: interrupt)
    let server = listener.accept()
    defer { closeDescriptor(server) }
    writeAll(interrupt.wakeFileDescriptor, [1])
    #expect(throws: SocketError.interrupted) { try Self.receive(socket, within: 20) }
    #expect(interrupt.isTriggered)
  }

  @Test func refusedConnection() throws {
    let port = Listener().port
    let error = #expect(throws: SocketError.self) {
      _ = try Socket(
        connectingTo: try Self.address(port), deadline: Deadline(secondsFromNow: 5), interrupt: nil)
    }
    guard case .system(let system)? = error else { throw SocketError.closed }
    #expect(system.isConnectionRefused)
    #expect(system.call == "connect")
  }

  @Test func closedSocketFails() throws {
    let listener = Listener()
    var socket = try Socket(
      connectingTo: try Self.address(listener.port), deadline: Deadline(secondsFromNow: 5), interrupt: nil)
    socket.close()
    socket.close()
    #expect(throws: SocketError.self) { try Self.receive(socket, within: 1) }
  }
}
