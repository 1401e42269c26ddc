extension BinlogRange {
  /// Judges the event `frame` that stands in a file which is no later than the range's last one.
  ///
  /// A file's own end ends it, and no ROTATE: in a relay log one may stand anywhere.
  public func judgeInFile(_ frame: EventFrame, file: String) -> Verdict {
    guard file == toFile, let toOffset, !frame.isOutsideOfFile else { return .inside }
    if frame.end > toOffset { return .beyond }
    return frame.end == toOffset ? .last : .inside
  }
}
