/// Equations (1) to (4) on published figures.
struct PaperFigures {
  let catalogue: DeviceCatalogue

  /// The devices of Tables 3, 4 and 6.
  let mainDevices = [
    "coral-micro", "raspberry-pi-4b", "jetson-orin-nano-7w", "jetson-orin-nano-15w",
  ]

  /// Offload fraction and accuracy of HI with ResNet-8 on CIFAR-10 (Table 7).
  let cifarOffloadFraction = 0.2157
  let cifarAccuracy = 0.9575

  func whole(_ device: String, _ model: String, _ dataset: String) -> DeviceCatalogue.Deployment? {
    catalogue.deployments.first {
      $0.device == device && $0.model == model && $0.dataset == dataset
    }
  }

  func offload(_ device: String, _ dataset: String) -> DeviceCatalogue.Offload? {
    catalogue.offloads.first { $0.device == device && $0.dataset == dataset }
  }

  func name(_ device: String) -> String {
    catalogue.devices.first { $0.id == device }?.name ?? device
  }

  func modelName(_ model: String) -> String {
    catalogue.models.first { $0.id == model }?.name ?? model
  }

  /// Equations (3) and (4) without a decision's cost, which the paper does not publish.
  func hierarchical(
    _ device: String, _ model: String, _ dataset: String, offloadFraction: Double
  ) -> Cost? {
    guard let whole = whole(device, model, dataset), let offload = offload(device, dataset) else {
      return nil
    }
    return Cost(latencyMs: whole.latencyMs, energyMj: whole.energyMj ?? 0)
      + offloadFraction * offload.cost
  }

  /// The offload fraction that equation (3), solved for it, gives for a published LPI.
  func impliedOffloadFraction(whole: Double, offload: Double, hierarchical: Double) -> Double {
    (hierarchical - whole) / offload
  }

  /// HI with ResNet-18 on ImageNet-1K: its accuracy is RegNetY-32GF's plus 2.14 points, and its LPI half
  /// of RegNetY-32GF's (section 4.4), whence the offload fraction.
  var imageNetAccuracy: Double { 0.8209 + 0.0214 }
  var imageNetOffloadFraction: Double? {
    guard let regnet = whole("jetson-orin-nano-15w", "regnety-32gf", "imagenet-1k"),
      let small = whole("jetson-orin-nano-15w", "resnet-18", "imagenet-1k"),
      let offload = offload("jetson-orin-nano-15w", "imagenet-1k")
    else { return nil }
    return impliedOffloadFraction(
      whole: small.latencyMs, offload: offload.latencyMs, hierarchical: regnet.latencyMs / 2)
  }

  /// A number as a formula shows it.
  func text(_ value: Double, digits: Int = 4) -> String {
    var scale = 1.0
    for _ in 0..<digits { scale *= 10 }
    return "\((value * scale).rounded() / scale)"
  }
}
