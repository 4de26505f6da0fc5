/// Solves `matrix x = right` for a symmetric positive definite matrix by Cholesky's decomposition.
///
/// - Parameters:
///   - matrix: `n x n`, row-major; only its lower triangle is read.
///   - right: `n` values.
/// - Returns: `x`, or nil where the matrix is not positive definite within rounding.
/// - Complexity: O(n^3).
func solvePositiveDefinite(_ matrix: [Double], _ right: [Double]) -> [Double]? {
  let n = right.count
  var lower = matrix
  for column in 0..<n {
    for row in column..<n {
      var sum = lower[row * n + column]
      for k in 0..<column { sum -= lower[row * n + k] * lower[column * n + k] }
      if row == column {
        guard sum > 0, sum.isFinite else { return nil }
        lower[row * n + column] = sum.squareRoot()
      } else {
        lower[row * n + column] = sum / lower[column * n + column]
      }
    }
  }
  var solution = right
  for row in 0..<n {
    for k in 0..<row { solution[row] -= lower[row * n + k] * solution[k] }
    solution[row] /= lower[row * n + row]
  }
  for row in (0..<n).reversed() {
    for k in (row + 1)..<max(n, row + 1) { solution[row] -= lower[k * n + row] * solution[k] }
    solution[row] /= lower[row * n + row]
  }
  return solution
}
