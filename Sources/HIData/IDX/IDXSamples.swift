extension LabelledSamples {
  /// Reads a pair of IDX files: images, which get the shape `[1, rows, columns]`, and their labels.
  ///
  /// - Parameter classes: how many classes there are; a label is below it. Nil takes any label.
  init(idxImages: String, labels: String, classes: Int?) throws(DataError) {
    let images = try IDXFile(path: idxImages, rank: 3)
    let answers = try IDXFile(path: labels, rank: 1)
    guard images.shape[0] == answers.shape[0] else {
      throw .countMismatch(
        samples: idxImages, sampleCount: images.shape[0],
        labels: labels, labelCount: answers.shape[0])
    }
    if let classes, let record = answers.bytes.firstIndex(where: { Int($0) >= classes }) {
      throw .labelOutOfRange(
        file: labels, record: record, label: Int(answers.bytes[record]), classes: classes)
    }
    self.init(
      shape: [1, images.shape[1], images.shape[2]], labels: answers.bytes.map { Int($0) },
      storage: images.bytes)
  }
}
