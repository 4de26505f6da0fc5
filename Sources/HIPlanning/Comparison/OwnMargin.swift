/// How much more accuracy our method is asked for on the half that calibrates it than the paper's.
///
/// A search over more thresholds fits its half more closely, and falls shorter on the other.
public enum OwnMargin: Sendable, Equatable {
  /// A share of the samples, 0 to 1; 0 asks for the same.
  case fixed(Double)
  /// What cross-validation on the calibration half alone (Stone, 1974, "Cross-Validatory Choice and
  /// Assessment of Statistical Predictions") says that the search will fall short by. Where
  /// the paper's policy then costs no more on that half, it is taken: a gain within what choosing makes
  /// up is none.
  case crossValidated(folds: Int)
}
