/// Ends the process where something does not hold, in release builds too: libFuzzer
/// takes an input for a finding when the process dies of it. The tests have one that records instead.
func require(_ holds: Bool, _ claim: StaticString) {
  guard holds else { fatalError("\(claim) does not hold.") }
}
