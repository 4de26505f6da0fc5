import Testing

@testable import HIData

/// A folder with one picture a class. The pictures are PNG files of one grey level under the names of JPEGs.
@Suite struct PictureAClassTests {
  private let folder: TemporaryFolder
  private let form: ImageForm

  init() throws {
    folder = try TemporaryFolder()
    form = try #require(ImageForm(shape: [1, 2, 2], isChannelsFirst: true))
  }

  private func put(_ level: UInt8, as name: String) throws {
    try folder.write(PictureBytes.png(grey: level, width: 4, height: 2), to: name)
  }

  private func pictures() throws -> PictureAClass {
    try #require(PictureAClass(folder: folder.path))
  }

  @Test func theNamesOrderGivesTheClassAndEverySecondPictureTests() throws {
    for (level, name) in [
      (30, "n00000003"), (10, "n00000001"), (50, "n00000005"), (20, "n00000002"),
    ] { try put(UInt8(level), as: name + ".jpg") }
    try put(99, as: "n1.jpg")
    try put(99, as: "cat.jpg")
    let classes = ["a", "b", "c", "d"]
    let test = try pictures().read(.test, form: form, classes: classes, name: "mine")
    #expect(test.labels == [0, 2])
    #expect(test.classes == classes)
    #expect(test.storage == [10, 10, 10, 10, 30, 30, 30, 30])
    let calibration = try pictures().read(.calibration, form: form, classes: classes, name: "mine")
    #expect(calibration.labels == [1, 3])
    #expect(calibration.storage == [20, 20, 20, 20, 50, 50, 50, 50])
  }

  @Test func anIncompleteFolderAndTrainingImagesAreRefused() throws {
    try put(1, as: "n00000001.jpg")
    try put(2, as: "n00000002.jpg")
    #expect(
      throws: DataError.wrongLength(
        file: folder.path, expected: "3 pictures n????????.jpg", found: "2 of them")
    ) { try pictures().read(.test, form: form, classes: ["a", "b", "c"], name: "mine") }
    let error = #expect(throws: DataError.self) {
      try pictures().read(.train, form: form, classes: ["a", "b"], name: "mine")
    }
    #expect(
      error?.description == "The train split of mine is in none of \(folder.path); "
        + "it has no training images, so choose calibration or test.")
  }

  @Test func theSampleOfImageNetIsFoundByItsNameAndNeedsAForm() throws {
    try put(1, as: "imagenet-sample/n00000001.jpg")
    let catalogue = DatasetCatalogue(environment: ["HI_DATA": folder.path])
    #expect(catalogue.folder(of: .imagenetSample) == folder.path + "/imagenet-sample")
    #expect(DatasetEntry.imagenetSample.classes.count == 1_000)
    #expect(DatasetEntry.imagenetSample.classes.first == "tench, Tinca tinca")
    let place = folder.path + "/imagenet-sample"
    let incomplete = DataError.wrongLength(
      file: place, expected: "1000 pictures n????????.jpg", found: "1 of them")
    #expect(throws: incomplete) {
      try catalogue.load("imagenet-sample", split: .test, images: form)
    }
    #expect(throws: incomplete) { try catalogue.load(place, split: .test, images: form) }
    #expect(
      throws: DataError.unsupported(
        file: place, found: "pictures", wanted: "data whose samples have a fixed size")
    ) { try catalogue.load("imagenet-sample", split: .test) }
  }
}
