import Testing

@testable import hi

/// When a tier's log says that upstream fails, and that it answers again.
@Suite struct FallbackNewsTests {
  private let start = ContinuousClock.now

  private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

  @Test func aDeadUpstreamIsOneLineAndItsReturnAnother() {
    var news = FallbackNews()
    #expect(news.answered(at(0)) == nil)
    #expect(news.fellBack(at: at(1)) == .began)
    for second in 2..<1000 { #expect(news.fellBack(at: at(Double(second))) == nil) }
    #expect(news.answered(at(1000)) == .ended(fallbacks: 999))
    #expect(news.answered(at(1001)) == nil)
    #expect(news.fellBack(at: at(1002)) == .began)
  }

  @Test func whatWasAskedBeforeTheLastFailureSaysNothing() {
    var news = FallbackNews()
    #expect(news.fellBack(at: at(1)) == .began)
    #expect(news.answered(at(0.9)) == nil)
    #expect(news.answered(at(1.1)) == .ended(fallbacks: 1))
  }

  @Test func anUpstreamThatComesAndGoesIsToldOfOnceInAWhile() {
    var news = FallbackNews()
    var lines: [FallbackNews.Line] = []
    // Every other sample of ten a second fails for half a minute.
    for tenth in 0..<300 {
      let now = at(Double(tenth) / 10)
      let line = tenth.isMultiple(of: 2) ? news.fellBack(at: now) : news.answered(now)
      if let line { lines.append(line) }
    }
    #expect(
      lines == [
        .began, .ended(fallbacks: 1), .began, .ended(fallbacks: 50), .began, .ended(fallbacks: 50),
      ])
  }
}
