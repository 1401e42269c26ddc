extension Array<UInt8> {
  /// The elements as raw bytes.
  @inlinable
  public var bytes: RawSpan {
    // `Span.bytes` is unsafe from Swift 6.3 on, for the sake of elements with padding, and safe before.
    @_lifetime(borrow self)
    borrowing get { unsafe _overrideLifetime(span.bytes, borrowing: self) }
  }
}
