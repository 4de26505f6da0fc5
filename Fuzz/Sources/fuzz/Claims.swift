/// Ends the process where something does not hold, in release builds too.
func require(_ holds: Bool, _ claim: StaticString) {
  guard holds else { fatalError("\(claim) does not hold.") }
}
