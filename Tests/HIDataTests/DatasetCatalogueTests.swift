import Testing

@testable import HIData

@Suite struct DatasetCatalogueTests {
  /// Writes an IDX data set of 1 x 1 images whose pixel is the record's number.
  private func writeIDX(
    _ folder: TemporaryFolder, _ name: String, train: Int, test: Int, prefix: String = "t10k"
  ) throws {
    for (part, count) in [("train", train), (prefix, test)] {
      let pixels = (0..<count).map { UInt8($0 % 251) }
      let labels = (0..<count).map { UInt8($0 % 10) }
      try folder.write(
        Encoding.gzip(Encoding.idx([count, 1, 1], pixels)),
        to: "\(name)/\(part)-images-idx3-ubyte.gz")
      try folder.write(Encoding.idx([count], labels), to: "\(name)/\(part)-labels-idx1-ubyte")
      try folder.write(
        Encoding.gzip(Encoding.idx([count], labels)), to: "\(name)/\(part)-labels-idx1-ubyte.gz")
    }
  }

  private func catalogue(_ folder: TemporaryFolder, heldOut: Int = 5) -> DatasetCatalogue {
    DatasetCatalogue(environment: ["HI_DATA": folder.path], heldOut: heldOut)
  }

  @Test func calibrationIsTheEndOfTheTrainingPart() throws {
    let folder = try TemporaryFolder()
    try writeIDX(folder, "fashion-mnist", train: 12, test: 4)
    let catalogue = catalogue(folder)
    let train = try catalogue.load("fashion-mnist", split: .train)
    let calibration = try catalogue.load("fashion-mnist", split: .calibration)
    let test = try catalogue.load("fashion-mnist", split: .test)
    #expect(train.storage == [0, 1, 2, 3, 4, 5, 6])
    #expect(calibration.storage == [7, 8, 9, 10, 11])
    #expect(calibration.labels == [7, 8, 9, 0, 1])
    #expect(calibration.split == "calibration")
    #expect(test.storage == [0, 1, 2, 3])
    #expect(test.shape == [1, 1, 1])
    #expect(test.classes[9] == "Ankle boot")
    #expect(DatasetCatalogue.calibrationCount == 5_000)
  }

  @Test func aTrainingPartWithNothingToHoldOutIsRefused() throws {
    let folder = try TemporaryFolder()
    try writeIDX(folder, "mnist", train: 5, test: 1)
    #expect(
      throws: DataError.tooFewTrainingSamples(dataset: "mnist", found: 5, heldOut: 5)
    ) { try catalogue(folder).load("mnist", split: .calibration) }
  }

  @Test(arguments: ["t10k", "t3k"])
  func bothNamesOfTheTestFilesAreKnown(prefix: String) throws {
    let folder = try TemporaryFolder()
    try writeIDX(folder, "mnist", train: 12, test: 4, prefix: prefix)
    #expect(try catalogue(folder).load("mnist", split: .test).count == 4)
  }

  @Test func cifarIsReadBatchByBatch() throws {
    let folder = try TemporaryFolder()
    for batch in 1...5 {
      try folder.write(
        Encoding.cifar([UInt8(batch), UInt8(batch + 4)]),
        to: "cifar-10/cifar-10-batches-bin/data_batch_\(batch).bin")
    }
    try folder.write(Encoding.cifar([7]), to: "cifar-10/cifar-10-batches-bin/test_batch.bin")
    let catalogue = catalogue(folder, heldOut: 3)
    #expect(try catalogue.load("cifar-10", split: .train).labels == [1, 5, 2, 6, 3, 7, 4])
    #expect(try catalogue.load("cifar-10", split: .calibration).labels == [8, 5, 9])
    let test = try catalogue.load("cifar-10", split: .test)
    #expect(test.shape == [3, 32, 32])
    #expect(test.sample(at: 0).bytes == Array(repeating: 49, count: 3_072))
  }

  @Test func placesAreSearchedInOrder() throws {
    let first = try TemporaryFolder()
    let second = try TemporaryFolder()
    try writeIDX(second, "hi/datasets/mnist", train: 12, test: 4)
    let catalogue = DatasetCatalogue(
      environment: ["HI_DATA": first.path, "XDG_CACHE_HOME": second.path, "HOME": "/home/nobody"])
    #expect(
      catalogue.searchedFolders(for: .fashionMNIST) == [
        first.path + "/fashion-mnist", second.path + "/hi/datasets/fashion-mnist",
        "/usr/share/datasets/fashion-mnist",
      ])
    #expect(catalogue.folder(of: .mnist) == second.path + "/hi/datasets/mnist")
    try writeIDX(first, "mnist", train: 12, test: 2)
    #expect(catalogue.folder(of: .mnist) == first.path + "/mnist")
    let home = DatasetCatalogue(environment: ["HOME": "/home/nobody"])
    #expect(home.searchedFolders(for: .mnist) == ["/home/nobody/.cache/hi/datasets/mnist"])
  }

  @Test func whatIsNowhereListsThePlacesAndHowToGetIt() throws {
    let catalogue = DatasetCatalogue(environment: ["HI_DATA": "/nowhere", "HOME": "/home/nobody"])
    let error = #expect(throws: DataError.self) { try catalogue.load("mnist", split: .test) }
    #expect(
      error?.description
        == "mnist is in none of /nowhere/mnist, /home/nobody/.cache/hi/datasets/mnist; "
        + "put its four IDX files into one of these folders.")
  }

  @Test func aNamedDataSetMayLieWhereTheUserSays() throws {
    let folder = try TemporaryFolder()
    try writeIDX(folder, "clothes", train: 12, test: 4)
    let catalogue = DatasetCatalogue(environment: [:])
    let place = folder.path + "/clothes"
    #expect(
      try catalogue.load("fashion-mnist", split: .test, folder: place).classes[1] == "Trouser")
    #expect(
      throws: DataError.datasetNotFound(
        name: "cifar-10", searched: [place], help: DatasetEntry.cifar10.help)
    ) { try catalogue.load("cifar-10", split: .test, folder: place) }
  }

  @Test func aFolderHasTheClassesOfItsLabels() throws {
    let folder = try TemporaryFolder()
    try writeIDX(folder, "clothes", train: 12, test: 4)
    let test = try DatasetCatalogue(environment: [:]).load(folder.path + "/clothes", split: .test)
    #expect(test.classes == ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"])
    #expect(test.labels == [0, 1, 2, 3])
  }

  @Test func neitherANameNorAFolderIsRefused() throws {
    #expect(
      throws: DataError.unknownDataset(
        name: "fashion", known: DatasetEntry.all.map(\.name))
    ) { try DatasetCatalogue(environment: [:]).load("fashion", split: .test) }
    let folder = try TemporaryFolder()
    let error = #expect(throws: DataError.self) {
      try DatasetCatalogue(environment: [:]).load(folder.path, split: .test)
    }
    guard case .datasetNotFound = error else { throw error! }
  }

  @Test func imagesAndLabelsBelongTogether() throws {
    let folder = try TemporaryFolder()
    let images = try folder.write(Encoding.idx([2, 1, 1], [0, 0]), to: "images")
    let three = try folder.write(Encoding.idx([3], [0, 0, 0]), to: "three")
    let eleven = try folder.write(Encoding.idx([2], [0, 11]), to: "eleven")
    #expect(
      throws: DataError.countMismatch(
        samples: images, sampleCount: 2, labels: three, labelCount: 3)
    ) { try LabelledSamples(idxImages: images, labels: three, classes: 10) }
    #expect(throws: DataError.labelOutOfRange(file: eleven, record: 1, label: 11, classes: 10)) {
      try LabelledSamples(idxImages: images, labels: eleven, classes: 10)
    }
  }

  @Test(.enabled(if: DatasetCatalogue(environment: [:]).folder(of: .fashionMNIST) != nil))
  func theSystemsFashionMNISTIsWhatItsAuthorsPublished() throws {
    let test = try DatasetCatalogue(environment: [:]).load("fashion-mnist", split: .test)
    #expect(test.count == 10_000)
    #expect(test.shape == [1, 28, 28])
    // The first labels, as the data set's own page shows them.
    #expect(test.labels.prefix(5) == [9, 2, 1, 1, 6])
    let counts = test.labels.reduce(into: Array(repeating: 0, count: 10)) { $0[$1] += 1 }
    #expect(counts == Array(repeating: 1_000, count: 10))
  }
}
