/// An inference response as REST carries it.
struct RESTResponse: Equatable {
  /// JSON, and after it the tensors of the binary extension.
  let body: [UInt8]
  /// How long the JSON is; nil where no tensor is binary.
  let headerLength: Int?

  /// Encodes a response in the form that its request asked for.
  init(_ response: OpenInferenceResponse, to request: RESTRequest) {
    var binary: [UInt8] = []
    var writer = JSONWriter()
    writer.object { writer in
      if !response.id.isEmpty { writer.member("id", response.id) }
      writer.member("model_name", response.model)
      writer.member("model_version", response.version)
      writer.key("outputs")
      writer.array { writer in
        for output in response.outputs {
          writer.object { writer in
            writer.member("name", output.name)
            writer.member("datatype", output.datatype.rawValue)
            writer.key("shape")
            writer.array { writer in for size in output.shape { writer.integer(size) } }
            let wish = request.request.outputs.first { $0.name == output.name }
            if wish?.isBinary ?? request.hasBinaryOutput {
              writer.key("parameters")
              writer.object { writer in
                writer.key("binary_data_size")
                writer.integer(output.bytes.count)
              }
              binary += output.bytes
            } else {
              writer.key("data")
              output.writeData(to: &writer)
            }
          }
        }
      }
    }
    headerLength = binary.isEmpty ? nil : writer.bytes.count
    body = binary.isEmpty ? writer.bytes : writer.bytes + binary
  }
}
