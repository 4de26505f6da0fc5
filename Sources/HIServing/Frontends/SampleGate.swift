internal import HIData
internal import HITransport
internal import NIOCore

/// Lets only samples through that the served model takes.
struct SampleGate: Sendable {
  /// What is served.
  let description: ServedModelDescription
  /// The bytes of one sample.
  let sampleBytes: Int
  private let dimensions: [UInt32]

  /// Makes the gate, or gives nil where the model's shape is none that a request can carry.
  init?(_ description: ServedModelDescription) {
    let dimensions = description.shape.compactMap { UInt32(exactly: $0) }
    guard let sampleBytes = description.sampleBytes, dimensions.count == description.shape.count,
      dimensions.count <= WireProtocol.maximumRank
    else { return nil }
    self.description = description
    self.sampleBytes = sampleBytes
    self.dimensions = dimensions
  }

  /// The longest request frame worth reading: some wrong samples are still answered with a sentence
  /// on a connection that lives on, but nobody makes the server keep much more than a sample.
  func frameLimit(atMost limit: Int) -> Int {
    let (eightfold, overflow) = sampleBytes.multipliedReportingOverflow(by: 8)
    return overflow ? limit : min(limit, eightfold + 64 * 1024)
  }

  /// The request's sample, or the sentence that refuses it.
  func sample(of request: WireRequest) -> Result<Sample, Refusal> {
    guard request.elementCode == description.elementType.wireCode,
      request.dimensions == dimensions, request.payload.readableBytes == sampleBytes,
      let sample = sample(of: request.payload)
    else {
      let found = ElementType(wireCode: request.elementCode).map(\.rawValue)
      return .failure(
        Refusal(
          message: "Model \(description.name) takes \(description.elementType) samples of shape "
            + "\(description.shape), \(sampleBytes) bytes, but the request has "
            + "\(found ?? "element type \(request.elementCode)") of shape \(request.dimensions), "
            + "\(request.payload.readableBytes) bytes: send samples as the manifest says."))
    }
    return .success(sample)
  }

  /// A sample of the bytes as they are, or nil where their number is wrong.
  func sample(of bytes: ByteBuffer) -> Sample? {
    guard let content = bytes.getBytes(at: bytes.readerIndex, length: bytes.readableBytes)
    else { return nil }
    return Sample(
      elementType: description.elementType, shape: description.shape, bytes: content)
  }

  /// Why a request is not run.
  struct Refusal: Error, Equatable {
    let message: String
  }
}
