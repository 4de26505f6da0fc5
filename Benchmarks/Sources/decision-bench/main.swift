// What a decision costs: logits to verdict, by the paper's binary logistic regression.

import CAllocationCounter
import HIData
import HierarchicalInference

/// The median over rounds of the time of one call in nanoseconds, and the allocations of all calls.
func measure(classes: Int, calls: Int, rounds: Int = 41) -> (nanoseconds: Double, allocations: Int)
{
  var generator = SeededGenerator(seed: 7)
  let rows = 64
  var logits = (0..<rows * classes).map { _ in Float.random(in: -8...8, using: &generator) }
  // Every other row has one class far above the rest, so that some are accepted and some are not.
  for row in stride(from: 0, to: rows, by: 2) { logits[row * classes + row % classes] = 24 }
  let policy = Policy(exits: [
    ExitRule(
      module: .binaryLogistic(
        BinaryLogisticRegression(bias: -1.2, confidenceWeight: 4.1, runnerUpWeight: -2.3)))
  ])
  var answers = [Observation(logits: logits.span.extracting(0..<classes))]
  var times: [Double] = []
  times.reserveCapacity(rounds)
  var accepted = 0
  let clock = ContinuousClock()
  let before = hi_allocation_count()
  for _ in 0..<rounds {
    let duration = clock.measure {
      for call in 0..<calls {
        let row = call % rows
        answers[0] = Observation(
          logits: logits.span.extracting(row * classes..<(row + 1) * classes))
        if policy.verdict(after: answers.span) == .accept { accepted += 1 }
      }
    }
    times.append(duration / .nanoseconds(1) / Double(calls))
  }
  let allocations = hi_allocation_count() - before
  // Without a use the optimiser would be right to leave the work out.
  precondition(accepted > 0 && accepted < rounds * calls)
  return (times.sorted()[rounds / 2], allocations)
}

print("decision: logits -> softmax, two highest, entropy -> binary LR -> verdict")
var failed = false
for (classes, calls, bound) in [(10, 20_000, 200.0), (1_000, 1_000, 4_000.0)] {
  let result = measure(classes: classes, calls: calls)
  let holds = result.nanoseconds <= bound && result.allocations <= 0
  failed = failed || !holds
  print(
    "  \(classes) classes: median \(Int(result.nanoseconds)) ns (bound \(Int(bound)) ns), "
      + "\(result.allocations) allocations in \(41 * calls) decisions: \(holds ? "holds" : "MISSED")"
  )
}
if failed { print("decision: a bound was missed") }
