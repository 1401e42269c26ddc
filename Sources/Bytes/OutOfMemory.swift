#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#else
  import Darwin
#endif

/// The end of a process that does not get the memory it needs.
public enum OutOfMemory {
  /// The exit code of output that could not be written.
  private static let exitCode: Int32 = 74

  /// Says on standard error that `wanted` bytes were refused, and ends the process. Neither takes any memory.
  ///
  /// Nothing that belongs to the run is finished: what is visible by now is complete, and the rest goes as after a kill.
  public static func endProcess(wanted: Int) -> Never {
    write("err(main): out of memory: ")
    write(decimal: wanted)
    write(
      """
       bytes in one piece are not to be had. Give the process more memory, or lower max_event_bytes, parquet_batch_size or \
      pipeline_queue_capacity, and run again.

      """)
    _exit(exitCode)
  }

  private static func write(_ text: StaticString) {
    _ = unsafe systemWrite(STDERR_FILENO, text.utf8Start, text.utf8CodeUnitCount)
  }

  /// The digits one by one: there is no memory for a string.
  private static func write(decimal number: Int) {
    if number > 9 { write(decimal: number / 10) }
    var digit = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number % 10)
    _ = unsafe systemWrite(STDERR_FILENO, &digit, 1)
  }
}

// The methods above hide the C function of the same name.
private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer, _ count: Int) -> Int {
  unsafe write(descriptor, bytes, count)
}
