extension ClassFolders {
  /// Decodes the pictures of a split into a form.
  ///
  /// - Parameters:
  ///   - form: what each picture becomes.
  ///   - classes: the class names that labels count in; the folders' own for nil, or where one of the
  ///     folders is named otherwise.
  func read(
    _ split: DatasetSplit, form: ImageForm, classes: [String]?, name: String
  ) throws(DataError) -> Dataset {
    let places = classes.map { classes in names.map { classes.firstIndex(of: $0) } } ?? []
    let isNamedAlike = !places.isEmpty && places.allSatisfy { $0 != nil }
    var labels: [Int] = []
    var storage: [UInt8] = []
    for picture in try pictures(of: split) {
      let encoded = try FileBytes.read(picture.file)
      do {
        storage += try form.pixels(decoding: encoded, name: picture.file)
      } catch {
        throw .image(error)
      }
      labels.append(isNamedAlike ? places[picture.label] ?? picture.label : picture.label)
    }
    return Dataset(
      name: name, split: split.rawValue, classes: isNamedAlike ? classes ?? names : names,
      elementType: .uint8, shape: form.shape, labels: labels, storage: storage)
  }
}
