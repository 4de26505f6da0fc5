#if OpenInference
  internal import HTTPTypes
  internal import Hummingbird
  internal import NIOCore

  /// Request and response bodies: their limits, their compression and their binary part.
  enum RESTBody {
    /// The field that says how long the JSON part of a body with binary tensors is.
    static let headerLengthName = "Inference-Header-Content-Length"
    private static let headerLengthField = HTTPField.Name(headerLengthName)

    /// The whole body, decompressed.
    ///
    /// - Throws: ``OpenInferenceError/Kind/tooLarge`` before more than the limit is in memory.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
      let compression = try BodyCompression(contentEncoding: request.headers[.contentEncoding])
      try check(request.headers[.contentLength].flatMap { Int($0) }, limit: limit)
      let buffer: ByteBuffer
      do {
        buffer = try await request.body.collect(upTo: limit)
      } catch is NIOTooManyBytesError {
        throw tooLarge(limit)
      } catch let error as CancellationError {
        throw error
      } catch {
        throw brokenOff(error)
      }
      return try await bytes(buffer, compression, limit: limit)
    }

    /// Refuses a body whose headers say that it is too large.
    static func check(_ announced: Int?, limit: Int) throws(OpenInferenceError) {
      if let announced, announced > limit { throw tooLarge(limit) }
    }

    /// What a body that came whole has to say.
    static func bytes(
      _ buffer: ByteBuffer, _ compression: BodyCompression?, limit: Int
    ) async throws(OpenInferenceError) -> [UInt8] {
      let body = await FrontendExecutor.elsewhere(ifMore: buffer.readableBytes) {
        Array(buffer.readableBytesView)
      }
      guard let compression else { return body }
      // A few bytes can become as many as the limit allows.
      return try await FrontendExecutor.elsewhere { () throws(OpenInferenceError) in
        try compression.decompress(body, limit: limit)
      }
    }

    static func tooLarge(_ limit: Int) -> OpenInferenceError {
      OpenInferenceError(
        .tooLarge, "The body has more than \(limit) bytes; send less in one request.")
    }

    /// What breaks off or is not HTTP is the client's doing, or that of the way to it.
    static func brokenOff(_ error: any Error) -> OpenInferenceError {
      OpenInferenceError(
        .badRequest, "The body did not come whole and well-formed (\(error)); send it again.")
    }

    /// How long the JSON part is, as its field says it; nil where there is none.
    static func headerLength(_ text: String?) throws(OpenInferenceError) -> Int? {
      guard let text else { return nil }
      guard let length = Int(text), length >= 0 else {
        throw OpenInferenceError(
          .badRequest,
          "Inference-Header-Content-Length is \"\(text)\"; give a number of bytes.")
      }
      return length
    }

    /// An inference response, compressed where the client likes it.
    ///
    /// - Parameter accepted: what the client's `Accept-Encoding` says.
    static func answer(_ response: RESTResponse, accepted: String?) -> RESTAnswer {
      var answer = RESTAnswer(
        status: .ok,
        headers: [
          .contentType: response.headerLength == nil
            ? "application/json" : "application/octet-stream"
        ], body: response.body)
      answer.headers[named: headerLengthField] = response.headerLength.map(String.init)
      if let compression = BodyCompression(acceptEncoding: accepted),
        let compressed = compression.compress(answer.body)
      {
        answer.headers[.contentEncoding] = compression.rawValue
        answer.body = compressed
      }
      return answer
    }
  }
#endif
