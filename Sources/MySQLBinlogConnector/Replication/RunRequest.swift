import Pipeline

/// What is asked of a run beside its configuration.
struct RunRequest {
  /// Where the run begins.
  enum Start {
    /// At the checkpoint, else as the configuration says.
    case kept
    /// As the configuration says, whatever the checkpoint says.
    case configured
    /// Where another run ended, whatever checkpoint and configuration say.
    case place(Checkpoint)
  }

  /// Where the run begins.
  var start = Start.kept
  /// The run ends with the transaction in which there are so many rows.
  var rowLimit: UInt64?
  /// The time that the run has.
  var timeLimit: TimeLimit?
  /// True if the run is one of many that share an output folder: it ends with the log, and all its files have names that say
  /// where they start.
  var isOneOfMany = false
}
