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
      let compression = try BodyCompression(
        contentEncoding: request.headers[.contentEncoding])
      let tooLarge = OpenInferenceError(
        .tooLarge, "The body has more than \(limit) bytes; send less in one request.")
      if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit {
        throw tooLarge
      }
      let buffer: ByteBuffer
      do {
        buffer = try await request.body.collect(upTo: limit)
      } catch is NIOTooManyBytesError {
        throw tooLarge
      } catch let error as CancellationError {
        throw error
      } catch {
        // What breaks off or is not HTTP is the client's doing, or that of the way to it.
        throw OpenInferenceError(
          .badRequest, "The body did not come whole and well-formed (\(error)); send it again.")
      }
      let body = Array(buffer.readableBytesView)
      guard let compression else { return body }
      // A few bytes can become as many as the limit allows.
      return try await FrontendExecutor.elsewhere {
        try compression.decompress(body, limit: limit)
      }
    }

    /// The header that says how long the JSON part is; nil where there is none.
    static func headerLength(_ request: Request) throws -> Int? {
      guard let name = HTTPField.Name.inferenceHeaderContentLength,
        let text = request.headers[name]
      else { return nil }
      guard let length = Int(text), length >= 0 else {
        throw OpenInferenceError(
          .badRequest,
          "Inference-Header-Content-Length is \"\(text)\"; give a number of bytes.")
      }
      return length
    }

    /// An inference response, compressed where the client likes it.
    static func response(_ response: RESTResponse, to request: Request) -> Response {
      var headers = HTTPFields()
      headers[.contentType] =
        response.headerLength == nil ? "application/json" : "application/octet-stream"
      if let name = HTTPField.Name.inferenceHeaderContentLength {
        headers[name] = response.headerLength.map(String.init)
      }
      var body = response.body
      if let compression = BodyCompression(acceptEncoding: request.headers[.acceptEncoding]),
        let compressed = compression.compress(body)
      {
        headers[.contentEncoding] = compression.rawValue
        body = compressed
      }
      return Response(
        status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
  }
#endif
