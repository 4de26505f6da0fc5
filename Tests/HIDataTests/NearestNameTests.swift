import HIData
import Testing

@Suite struct NearestNameTests {
  @Test(arguments: [
    ("kitten", "sitting", 3), ("", "abc", 3), ("abc", "", 3), ("same", "same", 0),
    ("serev", "serve", 1), ("ca", "abc", 3), ("flaw", "lawn", 2),
  ])
  func editsAreTheOptimalStringAlignmentDistance(source: String, target: String, edits: Int) {
    #expect(NearestName.edits(from: source, to: target) == edits)
    #expect(NearestName.edits(from: target, to: source) == edits)
  }

  @Test(arguments: [
    ("fashion-nist", "fashion-mnist"), ("FASHION-MNIST", "fashion-mnist"), ("mnits", "mnist"),
    ("cifar10", "cifar-10"),
  ])
  func aSlipIsUnderstood(typed: String, meant: String) {
    #expect(
      NearestName.suggestion(for: typed, among: ["fashion-mnist", "mnist", "cifar-10"]) == meant)
  }

  @Test(arguments: ["", "imagenet", "x", "some/folder"])
  func anotherWordIsNot(typed: String) {
    #expect(
      NearestName.suggestion(for: typed, among: ["fashion-mnist", "mnist", "cifar-10"]) == nil)
  }
}
