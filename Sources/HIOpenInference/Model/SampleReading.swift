internal import HIData

extension ModelInterface {
  /// The samples in a request's tensors: one along the first axis each.
  ///
  /// Taken are the model's own type and shape; and where samples are 8-bit images, single precision grey
  /// levels, pixels of another size, and JPEG or PNG files as BYTES.
  func samples(in inputs: [Tensor]) throws(OpenInferenceError) -> [Sample] {
    guard let tensor = inputs.first, inputs.count == 1, tensor.name == inputName else {
      throw .badRequest(
        "The model takes the one input \"\(inputName)\" and the request has "
          + "\(inputs.map { "\"\($0.name)\"" }.joined(separator: ", ")).")
    }
    guard let count = tensor.shape.first, count > 0 else { throw mismatch(tensor) }
    let fits = Array(tensor.shape.dropFirst()) == shape
    switch tensor.datatype {
    case inputDatatype where fits:
      return try split(tensor.bytes, into: count)
    case .fp32 where fits && elementType == .uint8:
      return try split(Self.greyLevels(tensor), into: count)
    case .uint8:
      guard let images, tensor.shape.count == 4 else { throw mismatch(tensor) }
      return try resized(tensor, count: count, images)
    case .bytes:
      guard let images, tensor.count == count, let files = tensor.elements else {
        throw mismatch(tensor)
      }
      var samples: [Sample] = []
      for (index, file) in files.enumerated() {
        samples.append(
          try sample(ofFile: Array(file), name: "Image \(index + 1) of the request", images))
      }
      return samples
    default: throw mismatch(tensor)
    }
  }

  /// Whether making samples of a request's tensors takes more than a moment: there is much to copy, or images
  /// have to be decoded or scaled, which a few bytes can ask for too.
  ///
  /// - Parameter bytes: how many are copied in a moment.
  func isLongToRead(_ inputs: [Tensor], beyond bytes: Int) -> Bool {
    inputs.contains { tensor in
      tensor.bytes.count > bytes || tensor.datatype == .bytes
        || (tensor.datatype == .uint8 && Array(tensor.shape.dropFirst()) != shape)
    }
  }

  /// The input tensor of a body that is nothing but one sample: its bytes, or an image file.
  func tensor(ofRawBody body: [UInt8]) throws(OpenInferenceError) -> Tensor {
    let size = Sample.byteCount(elementType: elementType, shape: shape)
    if size != body.count, images != nil {
      var bytes: [UInt8] = []
      Tensor.appendElement(body, to: &bytes)
      return Tensor(checkedName: inputName, datatype: .bytes, shape: [1], bytes: bytes)
    }
    return try Tensor(name: inputName, datatype: inputDatatype, shape: [1] + shape, bytes: body)
  }

  private func split(_ bytes: [UInt8], into count: Int) throws(OpenInferenceError) -> [Sample] {
    let size = bytes.count / count
    var samples: [Sample] = []
    samples.reserveCapacity(count)
    for index in 0..<count {
      let part = count == 1 ? bytes : Array(bytes[index * size..<(index + 1) * size])
      samples.append(try sample(part))
    }
    return samples
  }

  private func sample(_ bytes: [UInt8]) throws(OpenInferenceError) -> Sample {
    guard let sample = Sample(elementType: elementType, shape: shape, bytes: bytes) else {
      throw .badRequest("A sample of \(elementType.rawValue) \(shape) has \(bytes.count) bytes.")
    }
    return sample
  }

  /// 8-bit grey levels of single precision ones, rounded to the nearest.
  private static func greyLevels(_ tensor: Tensor) throws(OpenInferenceError) -> [UInt8] {
    var levels: [UInt8] = []
    levels.reserveCapacity(tensor.count)
    for bits in tensor.integers(UInt32.self) {
      let value = Float(bitPattern: bits)
      guard value >= 0, value <= 255 else {
        throw .badRequest(
          "The tensor \"\(tensor.name)\" of FP32 has the value \(value); the model takes grey levels "
            + "from 0 to 255 and normalises them itself.")
      }
      levels.append(UInt8(value.rounded()))
    }
    return levels
  }

  private func resized(
    _ tensor: Tensor, count: Int, _ input: ImageInput
  ) throws(OpenInferenceError) -> [Sample] {
    let size = tensor.bytes.count / count
    let sizes = Array(tensor.shape.dropFirst())
    var samples: [Sample] = []
    for index in 0..<count {
      let pixels = Array(tensor.bytes[index * size..<(index + 1) * size])
      let image =
        input.isChannelsFirst
        ? RasterImage(width: sizes[2], height: sizes[1], channels: sizes[0], planes: pixels)
        : RasterImage(width: sizes[1], height: sizes[0], channels: sizes[2], pixels: pixels)
      guard let image else { throw mismatch(tensor) }
      samples.append(
        try sample(of: image, name: "Image \(index + 1) of \"\(tensor.name)\"", input))
    }
    return samples
  }

  private func sample(
    ofFile file: [UInt8], name: String, _ input: ImageInput
  ) throws(OpenInferenceError) -> Sample {
    let image: RasterImage
    do {
      image = try RasterImage(decoding: file, name: name)
    } catch {
      throw .badRequest(error.description)
    }
    return try sample(of: image, name: name, input)
  }

  private func sample(
    of image: RasterImage, name: String, _ input: ImageInput
  ) throws(OpenInferenceError) -> Sample {
    let prepared: RasterImage
    do {
      prepared = try input.preparation.prepare(
        image, width: input.width, height: input.height, channels: input.channels, name: name)
    } catch {
      throw .badRequest(error.description)
    }
    return try sample(input.isChannelsFirst ? prepared.channelsFirst : prepared.pixels)
  }

  private func mismatch(_ tensor: Tensor) -> OpenInferenceError {
    let whole = "\(inputDatatype.rawValue) [N, \(shape.map(String.init).joined(separator: ", "))]"
    let images = images.map { input in
      ", UINT8 images of another size in \(input.isChannelsFirst ? "[N, C, H, W]" : "[N, H, W, C]"), "
        + "or JPEG and PNG files as BYTES [N]"
    }
    return .badRequest(
      "The input \"\(inputName)\" is \(whole)\(images ?? "") with N of 1 or more, and the request has "
        + "\(tensor.datatype.rawValue) \(tensor.shape).")
  }
}
