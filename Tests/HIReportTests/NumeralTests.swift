import Testing

@testable import HIReport

@Suite struct NumeralTests {}
