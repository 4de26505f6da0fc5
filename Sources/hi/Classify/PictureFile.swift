import HIData
import HIModels

/// A file that holds one sample: a picture, or an array as it is.
struct PictureFile {
  let path: String

  /// The sample in the form that a model takes.
  func sample(for manifest: ModelManifest) throws -> Sample {
    guard !path.hasSuffix(".npy") else { return try array(for: manifest) }
    guard let form = manifest.input.imageForm else {
      throw CommandFailure(
        "The model '\(manifest.name)' takes \(manifest.input.elementType.rawValue) "
          + "\(manifest.input.shape), which is no picture; give .npy files of this type and shape.")
    }
    return try form.sample(decoding: FileBytes.read(path), name: path)
  }

  private func array(for manifest: ModelManifest) throws -> Sample {
    let array = try NPYArray(path: path)
    let input = manifest.input
    // One sample may come with a batch of one around it.
    let shape = array.shape == [1] + input.shape ? input.shape : array.shape
    let elements: [NPYElementType: ElementType] = [
      .uint8: .uint8, .int8: .int8, .float16: .float16, .float32: .float32,
    ]
    guard elements[array.elementType] == input.elementType, shape == input.shape,
      let sample = Sample(elementType: input.elementType, shape: shape, bytes: array.bytes)
    else {
      throw CommandFailure(
        "\(path) holds \(array.elementType) \(array.shape) where '\(manifest.name)' takes "
          + "\(input.elementType.rawValue) \(input.shape); write the array in this type and shape.")
    }
    return sample
  }
}
