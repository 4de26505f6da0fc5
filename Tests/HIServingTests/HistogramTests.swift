import HIServing
import Testing

@Suite struct HistogramTests {
  @Test func valuesFallIntoTheBucketWhoseEndTheyDoNotPass() {
    var histogram = Histogram(upperBounds: [1, 2, 4])
    for value in [0, 1, 1.5, 2, 3, 4, 4.5, 100] as [Double] { histogram.observe(value) }
    histogram.observe(2, times: 3)
    #expect(histogram.counts == [2, 5, 2, 2])
    #expect(histogram.count == 11)
    #expect(histogram.sum == 122)
  }

  /// Ten values in (0, 1] and ten in (1, 2], taken as evenly spread within their buckets.
  @Test(arguments: [(0.0, 0.0), (0.25, 0.5), (0.5, 1.0), (0.75, 1.5), (1.0, 2.0)])
  func quantilesAreLinearWithinABucket(fraction: Double, value: Double) {
    var histogram = Histogram(upperBounds: [1, 2, 4])
    histogram.observe(0.3, times: 10)
    histogram.observe(1.9, times: 10)
    #expect(histogram.quantile(fraction) == value)
  }

  @Test func withoutValuesThereIsNoQuantileAndNoMean() {
    let histogram = Histogram(upperBounds: [1])
    #expect(histogram.quantile(0.5) == nil)
    #expect(histogram.mean == nil)
  }

  @Test func valuesWithoutABucketCountAsTheLastEnd() {
    var histogram = Histogram(upperBounds: [1, 8])
    histogram.observe(1000)
    #expect(histogram.quantile(0.99) == 8)
    #expect(histogram.mean == 1000)
  }
}
