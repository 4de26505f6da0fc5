extension PaperFigures {
  /// Figure 1: what the paper prints of the accuracy and latency of models on microcontrollers.
  var figure1: PaperSection {
    let rows = ["arduino-nano-33", "esp32", "coral-micro"].flatMap { device in
      catalogue.deployments.filter { $0.device == device }.flatMap { entry in
        let label = "\(modelName(entry.model)) on \(name(device)), \(entry.dataset)"
        return [
          PaperRow(label, unit: "ms", published: entry.latencyMs),
          PaperRow(label, unit: "%", published: 100 * entry.accuracy),
        ]
      }
    }
    return PaperSection(
      id: "Figure 1",
      title: "Accuracy and latency on microcontrollers (the MNIST points are drawn, not printed)",
      rows: rows)
  }

  /// Figure 3: accuracy of the strategies.
  var figure3: PaperSection {
    var rows = catalogue.deployments(device: "jetson-orin-nano-15w", dataset: "cifar-10").map {
      PaperRow(
        "\(modelName($0.model)) on-device, cifar-10", unit: "%", published: 100 * $0.accuracy)
    }
    rows.append(PaperRow("HI with ResNet-8, cifar-10", unit: "%", published: 95.75))
    rows.append(PaperRow("remote (ViT-H/14), cifar-10", unit: "%", published: 98.77))
    rows += catalogue.deployments(device: "jetson-orin-nano-15w", dataset: "imagenet-1k").map {
      PaperRow(
        "\(modelName($0.model)) on-device, imagenet-1k", unit: "%", published: 100 * $0.accuracy)
    }
    rows.append(
      PaperRow(
        "HI with ResNet-18, imagenet-1k", unit: "%", published: nil,
        recomputed: 100 * imageNetAccuracy, formula: "82.09 + 2.14 points (section 4.4)"))
    rows.append(PaperRow("remote (ConvNeXT), imagenet-1k", unit: "%", published: 86.58))
    return PaperSection(id: "Figure 3", title: "Accuracy of the strategies", rows: rows)
  }

  /// Figures 4 and 5: latency and energy of the strategies; HI by equations (3) and (4).
  func costs(id: String, dataset: String) -> PaperSection {
    let rows = mainDevices.flatMap { device in
      options(device, dataset).flatMap { option -> [PaperRow] in
        let label = "\(option.strategy.rawValue) (\(option.model)) on \(name(device))"
        let isHI = option.strategy == .hi
        let formula =
          isHI
          ? "(3), (4) with \(text(100 * option.offloadFraction, digits: 2))% offloaded" : nil
        return [
          PaperRow(
            label, unit: "ms", published: isHI ? nil : option.lpiMs,
            recomputed: isHI ? option.lpiMs : nil, formula: formula),
          PaperRow(
            label, unit: "mJ", published: isHI ? nil : option.epiMj,
            recomputed: isHI ? option.epiMj : nil, formula: formula),
        ]
      }
    }
    return PaperSection(
      id: id, title: "Latency and energy of the strategies, \(dataset)", rows: rows)
  }

  /// Figure 7: the strategies on the Raspberry Pi, CIFAR-10.
  var figure7: PaperSection {
    var rows: [PaperRow] = []
    for entry in catalogue.earlyExits where entry.device == "raspberry-pi-4b" {
      let model = modelName(entry.model)
      if let whole = whole(entry.device, entry.model, entry.dataset) {
        rows.append(PaperRow("\(model), base", unit: "ms", published: whole.latencyMs))
        rows.append(PaperRow("\(model), base", unit: "mJ", published: whole.energyMj))
      }
      rows.append(PaperRow("\(model), HI", unit: "ms", published: entry.hiLatencyMs))
      rows.append(PaperRow("\(model), HI", unit: "mJ", published: entry.hiEnergyMj))
      rows.append(PaperRow("\(model), EE-HI", unit: "ms", published: entry.eeHiLatencyMs))
      rows.append(PaperRow("\(model), EE-HI", unit: "mJ", published: entry.eeHiEnergyMj))
    }
    if let offload = offload("raspberry-pi-4b", "cifar-10") {
      rows.append(PaperRow("remote", unit: "ms", published: offload.latencyMs))
      rows.append(PaperRow("remote", unit: "mJ", published: offload.energyMj))
    }
    return PaperSection(
      id: "Figure 7", title: "Strategies on the Raspberry Pi, CIFAR-10", rows: rows)
  }
}
