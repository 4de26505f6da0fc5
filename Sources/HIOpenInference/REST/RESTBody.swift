#if OpenInference
  internal import HTTPTypes
  internal import Hummingbird
  internal import NIOCore

  extension HTTPField.Name {
    /// How long the JSON part of a body with binary tensors is.
    static let inferenceHeaderContentLength = HTTPField.Name("Inference-Header-Content-Length")
  }

  /// Request and response bodies: their limits, their compression and their binary part.
  enum RESTBody {
    /// The whole body, decompressed.
    ///
    /// - Throws: ``OpenInferenceError/Kind/tooLarge`` before more than the limit is in memory.
    static func read(_ request: Request, limit: Int) async throws -> [UInt8] {
      let compression = try compression(request.headers)
      try checkLength(request.headers, limit: limit)
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

    /// How the body that these headers announce is compressed; nil where it is not.
    static func compression(_ headers: HTTPFields) throws(OpenInferenceError) -> BodyCompression? {
      try BodyCompression(contentEncoding: headers[.contentEncoding])
    }

    /// Refuses a body that says itself that it is too large.
    static func checkLength(_ headers: HTTPFields, limit: Int) throws(OpenInferenceError) {
      if let length = announcedLength(headers), length > limit { throw tooLarge(limit) }
    }

    /// How many bytes the body will have; nil where its headers do not say.
    static func announcedLength(_ headers: HTTPFields) -> Int? {
      headers[.contentLength].flatMap { Int($0) }
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

    /// The header that says how long the JSON part is; nil where there is none.
    static func headerLength(_ headers: HTTPFields) throws(OpenInferenceError) -> Int? {
      guard let text = headers[named: .inferenceHeaderContentLength] else { return nil }
      guard let length = Int(text), length >= 0 else {
        throw OpenInferenceError(
          .badRequest,
          "Inference-Header-Content-Length is \"\(text)\"; give a number of bytes.")
      }
      return length
    }

    /// An inference response, compressed where the client likes it.
    static func answer(_ response: RESTResponse, to headers: HTTPFields) -> RESTAnswer {
      var answer = RESTAnswer(
        status: .ok,
        headers: [
          .contentType: response.headerLength == nil
            ? "application/json" : "application/octet-stream"
        ], body: response.body)
      answer.headers[named: .inferenceHeaderContentLength] = response.headerLength.map(String.init)
      if let compression = BodyCompression(acceptEncoding: headers[.acceptEncoding]),
        let compressed = compression.compress(answer.body)
      {
        answer.headers[.contentEncoding] = compression.rawValue
        answer.body = compressed
      }
      return answer
    }
  }
#endif
