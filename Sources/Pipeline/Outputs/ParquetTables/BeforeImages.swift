/// The values of `before_images`: what `_cdc_before` holds of an update.
public enum BeforeImages: String, CaseIterable, Sendable {
  /// The old values of the columns that changed.
  case changed
  /// All old values.
  case full
  /// Nothing.
  case none
}
