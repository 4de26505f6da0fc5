/// The name that somebody who mistyped one most likely meant.
package enum NearestName {
  /// The known name that is the fewest edits away, where that is few enough to be a slip.
  ///
  /// - Parameters:
  ///   - name: what was typed.
  ///   - known: the names that would have been right; of two that are as near, the first is given.
  /// - Returns: nil where no name is within a third of the typed one's length, at least one edit.
  package static func suggestion(
    for name: String, among known: some Sequence<String>
  ) -> String? {
    let limit = max(1, name.count / 3)
    var nearest: (name: String, edits: Int)?
    for candidate in known {
      let edits = edits(from: name.lowercased(), to: candidate.lowercased())
      if edits <= limit, edits < nearest?.edits ?? .max { nearest = (candidate, edits) }
    }
    return nearest?.name
  }

  /// How many letters have to be put in, taken out, replaced or swapped with their neighbour (the
  /// optimal string alignment distance).
  ///
  /// - Complexity: O(the product of both lengths).
  package static func edits(from source: String, to target: String) -> Int {
    let source = Array(source)
    let target = Array(target)
    var beforeLast = [Int](repeating: 0, count: target.count + 1)
    var last = Array(0...target.count)
    for row in 1..<(source.count + 1) {
      var current = [row] + last.dropFirst()
      for column in 1..<(target.count + 1) {
        let replaced = last[column - 1] + (source[row - 1] == target[column - 1] ? 0 : 1)
        current[column] = min(last[column] + 1, current[column - 1] + 1, replaced)
        if row > 1, column > 1, source[row - 1] == target[column - 2],
          source[row - 2] == target[column - 1]
        {
          current[column] = min(current[column], beforeLast[column - 2] + 1)
        }
      }
      (beforeLast, last) = (last, current)
    }
    return last[target.count]
  }
}
