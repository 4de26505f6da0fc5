/// A data set that has a name here.
public struct DatasetEntry: Sendable {
  /// What it is called on the command line.
  public let name: String
  /// What it is, in a sentence.
  public let summary: String
  /// The class names.
  public let classes: [String]
  /// How to get it, to follow a semicolon.
  public let help: String
  let layout: DatasetLayout
  /// Where a package of the system puts it.
  let systemFolder: String?
  /// The folder that its own archive unpacks to.
  let archiveFolder: String?

  /// Every data set that has a name.
  public static let all = [fashionMNIST, mnist, cifar10, cifar10JPEG75, imagenetSample]

  /// Fashion-MNIST (Xiao, Rasul and Vollgraf, 2017).
  public static let fashionMNIST = DatasetEntry(
    name: "fashion-mnist",
    summary: "60,000 and 10,000 grey images of clothes, 28 x 28, 10 classes",
    classes: [
      "T-shirt/top", "Trouser", "Pullover", "Dress", "Coat", "Sandal", "Shirt", "Sneaker", "Bag",
      "Ankle boot",
    ],
    help: "run `make setup`, or put its four IDX files into one of these folders",
    layout: .idx, systemFolder: "/usr/share/datasets/fashion-mnist", archiveFolder: nil)

  /// MNIST (LeCun, Cortes and Burges).
  public static let mnist = DatasetEntry(
    name: "mnist",
    summary: "60,000 and 10,000 grey images of handwritten digits, 28 x 28, 10 classes",
    classes: (0...9).map(String.init),
    help: "put its four IDX files into one of these folders",
    layout: .idx, systemFolder: nil, archiveFolder: nil)

  /// CIFAR-10 (Krizhevsky, 2009).
  public static let cifar10 = DatasetEntry(
    name: "cifar-10",
    summary: "50,000 and 10,000 colour photographs, 32 x 32, 10 classes",
    classes: cifarClasses,
    help: "unpack its binary version (cifar-10-binary.tar.gz) into one of these folders",
    layout: .cifar10, systemFolder: nil, archiveFolder: "cifar-10-batches-bin")

  /// CIFAR-10 whose images went through JPEG of quality 75.
  public static let cifar10JPEG75 = DatasetEntry(
    name: "cifar-10-jpeg75",
    summary: "CIFAR-10 after JPEG compression of quality 75",
    classes: cifarClasses,
    help:
      "put its data_batch_1.bin to data_batch_5.bin and test_batch.bin into one of these folders",
    layout: .cifar10, systemFolder: nil, archiveFolder: nil)

  /// One picture of each class of ImageNet-1K (Russakovsky et al., 2015), of any size.
  ///
  /// They come from ImageNet's training images: good for comparing strategies, not for claims about
  /// ImageNet.
  public static let imagenetSample = DatasetEntry(
    name: "imagenet-sample",
    summary: "1,000 colour photographs, one of each class of ImageNet-1K",
    classes: imagenetClasses,
    help: "put its 1,000 pictures n????????.jpg into one of these folders",
    layout: .pictureAClass, systemFolder: nil, archiveFolder: nil)

  private static let imagenetClasses =
    String(decoding: PackageResources.imagenet_classes_txt, as: UTF8.self)
    .split(separator: "\n").map(String.init)

  private static let cifarClasses = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
}
