extension PaperFigures {
  /// Table 3: offloads over Wi-Fi; energy against the power that section 4.2.1 gives.
  var table3: PaperSection {
    let power = catalogue.links.first { $0.id == "wi-fi" }?.powerW
    var rows: [PaperRow] = []
    for dataset in ["cifar-10", "imagenet-1k"] {
      for device in mainDevices {
        guard let offload = offload(device, dataset) else { continue }
        rows.append(
          PaperRow("\(name(device)), \(dataset)", unit: "ms", published: offload.latencyMs))
        let modelled = device == "raspberry-pi-4b" ? power.map { $0 * offload.latencyMs } : nil
        rows.append(
          PaperRow(
            "\(name(device)), \(dataset)", unit: "mJ", published: offload.energyMj,
            recomputed: modelled,
            formula: modelled == nil
              ? nil : "2.71 W (section 4.2.1) x \(text(offload.latencyMs)) ms",
            note: modelled == nil
              ? nil : "The two sections measure power at different moments of an offload."))
      }
    }
    return PaperSection(
      id: "Table 3", title: "Latency and energy to offload an image over Wi-Fi", rows: rows)
  }

  /// Table 4: whole models; on the Jetson beside Table 8's int8 latencies.
  var table4: PaperSection {
    let rows = catalogue.deployments.filter { $0.source == "Table 4" }.flatMap { entry in
      let precise = catalogue.precisions.first {
        $0.device == entry.device && $0.model == entry.model && $0.dataset == entry.dataset
          && $0.precision == "int8"
      }
      let label = "\(modelName(entry.model)) on \(name(entry.device)), \(entry.dataset)"
      return [
        PaperRow(
          label, unit: "%", published: 100 * entry.accuracy,
          recomputed: precise.map { 100 * $0.accuracy },
          formula: precise == nil ? nil : "Table 8, INT8"),
        PaperRow(
          label, unit: "ms", published: entry.latencyMs, recomputed: precise?.latencyMs,
          formula: precise == nil ? nil : "Table 8, INT8"),
        PaperRow(label, unit: "mJ", published: entry.energyMj),
      ]
    }
    return PaperSection(
      id: "Table 4", title: "Accuracy, latency and energy of whole models", rows: rows)
  }

  /// Table 6: HI by equations (3) and (4); where its offload fraction is not printed, the two that the
  /// published latency and the published energy imply.
  var table6: PaperSection {
    var rows: [PaperRow] = []
    for entry in catalogue.earlyExits {
      guard let whole = whole(entry.device, entry.model, entry.dataset),
        let offload = offload(entry.device, entry.dataset), let energy = whole.energyMj,
        let offloadEnergy = offload.energyMj
      else { continue }
      let label = "\(modelName(entry.model)) on \(name(entry.device))"
      let byLatency = impliedOffloadFraction(
        whole: whole.latencyMs, offload: offload.latencyMs, hierarchical: entry.hiLatencyMs)
      let byEnergy = impliedOffloadFraction(
        whole: energy, offload: offloadEnergy, hierarchical: entry.hiEnergyMj)
      let implied =
        "The published HI figures imply that \(text(100 * byLatency, digits: 2))% (latency) and "
        + "\(text(100 * byEnergy, digits: 2))% (energy) are offloaded."
      let printed = entry.model == "resnet-8"
      // Table 7 prints the fraction for ResNet-8 only; else the latency's fraction is put to the energy.
      let fraction = printed ? cifarOffloadFraction : byLatency
      rows.append(
        PaperRow(
          "\(label), HI", unit: "ms", published: entry.hiLatencyMs,
          recomputed: printed ? whole.latencyMs + fraction * offload.latencyMs : nil,
          formula: printed
            ? "(3): \(text(whole.latencyMs)) + 0.2157 x \(text(offload.latencyMs)) ms" : nil,
          note: implied))
      rows.append(
        PaperRow(
          "\(label), HI", unit: "mJ", published: entry.hiEnergyMj,
          recomputed: energy + fraction * offloadEnergy,
          formula:
            "(4): \(text(energy)) + \(text(fraction)) x \(text(offloadEnergy)) mJ"
            + (printed ? "" : ", the fraction from the published latency by (3)"),
          note: implied))
      rows.append(
        PaperRow("\(label), EE-HI", unit: "ms", published: entry.eeHiLatencyMs))
      rows.append(PaperRow("\(label), EE-HI", unit: "mJ", published: entry.eeHiEnergyMj))
    }
    return PaperSection(
      id: "Table 6", title: "EE-HI at its best thresholds, and HI, on CIFAR-10", rows: rows)
  }

  /// Table 7: the microcontrollers; the HI latency that it does not print, and the ratios in its text.
  var table7: PaperSection {
    var rows: [PaperRow] = []
    for (device, ratio) in [("arduino-nano-33", 6.5), ("esp32", 60.0)] {
      guard let whole = whole(device, "resnet-8", "cifar-10"),
        let offload = offload(device, "cifar-10")
      else { continue }
      rows.append(PaperRow("\(name(device)), device", unit: "ms", published: whole.latencyMs))
      rows.append(PaperRow("\(name(device)), remote", unit: "ms", published: offload.latencyMs))
      rows.append(
        PaperRow(
          "\(name(device)), HI", unit: "ms", published: nil,
          recomputed: whole.latencyMs + cifarOffloadFraction * offload.latencyMs,
          formula: "(3): \(text(whole.latencyMs)) + 0.2157 x \(text(offload.latencyMs)) ms"))
      rows.append(
        PaperRow(
          "\(name(device)), device over remote", unit: "x", published: ratio,
          recomputed: whole.latencyMs / offload.latencyMs, unitOfLastDigit: ratio == 60 ? 1 : 0.1,
          formula: "\(text(whole.latencyMs)) / \(text(offload.latencyMs))"))
    }
    let approximated = AccuracyApproximation(
      localAccuracy: 0.8707, correctOffloaded: 0, remoteAccuracy: 0.9877,
      offloadFraction: cifarOffloadFraction)
    rows.append(
      PaperRow(
        "correct-offloaded fraction that equation (2) needs for 95.75%", unit: "%",
        published: nil, recomputed: 100 * (approximated.accuracy - cifarAccuracy),
        formula: "(2): 87.07 + 98.77 x 0.2157 - 95.75"))
    return PaperSection(
      id: "Table 7", title: "ResNet-8 on CIFAR-10 on Arduino Nano and ESP-32", rows: rows)
  }

  /// Table 8: what quantisation saves, beside the percentages in the appendix's text.
  var table8: PaperSection {
    let printed: [(String, String, Double)] = [
      ("resnet-8", "cifar-10", 19), ("resnet-56", "cifar-10", 42), ("alexnet", "cifar-10", 53),
      ("resnet-18", "imagenet-1k", 69), ("resnet-50", "imagenet-1k", 69),
      ("alexnet", "imagenet-1k", 69),
    ]
    var rows: [PaperRow] = catalogue.precisions.map {
      PaperRow(
        "\(modelName($0.model)) \($0.precision) on \(name($0.device)), \($0.dataset)", unit: "ms",
        published: $0.latencyMs)
    }
    for (model, dataset, percent) in printed {
      func latency(_ precision: String) -> Double? {
        catalogue.precisions.first {
          $0.device == "jetson-orin-nano-15w" && $0.model == model && $0.dataset == dataset
            && $0.precision == precision
        }?.latencyMs
      }
      guard let full = latency("fp32"), let integer = latency("int8") else { continue }
      rows.append(
        PaperRow(
          "\(modelName(model)), \(dataset): latency saved by INT8 at 15 W", unit: "%",
          published: percent, recomputed: 100 * (1 - integer / full), unitOfLastDigit: 1,
          formula: "1 - \(text(integer, digits: 6)) / \(text(full, digits: 6))"))
    }
    return PaperSection(
      id: "Table 8", title: "Latency of whole models on the Jetson by precision", rows: rows)
  }
}
