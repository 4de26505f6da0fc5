extension PaperFigures {
  /// Every option that the paper has figures for on a device.
  func options(_ device: String, _ dataset: String) -> [PlanOption] {
    var options = catalogue.deployments(device: device, dataset: dataset).map {
      PlanOption(
        strategy: .onDevice, model: $0.model, accuracy: $0.accuracy, lpiMs: $0.latencyMs,
        epiMj: $0.energyMj, offloadFraction: 0)
    }
    let isCifar = dataset == "cifar-10"
    let fraction = isCifar ? cifarOffloadFraction : imageNetOffloadFraction
    let local = isCifar ? "resnet-8" : "resnet-18"
    if let fraction,
      let cost = hierarchical(device, local, dataset, offloadFraction: fraction)
    {
      options.append(
        PlanOption(
          strategy: .hi, model: local, accuracy: isCifar ? cifarAccuracy : imageNetAccuracy,
          lpiMs: cost.latencyMs, epiMj: cost.energyMj, offloadFraction: fraction))
    }
    if let offload = offload(device, dataset),
      let remote = catalogue.remoteModels.first(where: { $0.dataset == dataset })
    {
      options.append(
        PlanOption(
          strategy: .remote, model: remote.id, accuracy: remote.accuracy,
          lpiMs: offload.latencyMs, epiMj: offload.energyMj, offloadFraction: 1))
    }
    return options
  }

  /// Table 5, each cell decided anew by the planner on the published figures.
  var preferences: [(published: Strategy, device: String, answer: QoSAnswer)] {
    catalogue.preferences.flatMap { cell in
      let devices = mainDevices.filter { $0.hasPrefix(cell.device) }
      return devices.flatMap {
        device -> [(published: Strategy, device: String, answer: QoSAnswer)] in
        guard let offload = offload(device, cell.dataset),
          let best = catalogue.stateOfTheArt(dataset: cell.dataset)
        else { return [] }
        let options = options(device, cell.dataset)
        let published = [cell.accuracy, cell.latency, cell.energy]
        return zip(published, QoSQuestion.paper(stateOfTheArt: best, offload: offload.cost)).map {
          ($0, device, QoSAnswer($1, options: options))
        }
      }
    }
  }

  /// Table 5 as rows: 1 where the planner prefers what the paper prefers, else 0.
  var table5: PaperSection {
    let rows = preferences.map { published, device, answer in
      let chosen = answer.winner ?? answer.nearest
      let dataset = answer.options.contains { $0.model == "resnet-8" } ? "cifar-10" : "imagenet-1k"
      var row = PaperRow(
        "\(dataset), \(name(device)), \(answer.question.name): \(published.rawValue)",
        unit: "preference", published: 1, recomputed: chosen?.strategy == published ? 1 : 0,
        unitOfLastDigit: 0.5,
        formula: "least latency, or most accuracy, among what meets the requirement",
        note: answer.statement)
      if answer.winner == nil, chosen?.strategy == published {
        row.note = "Nothing meets the requirement; the preferred strategy is the nearest."
      }
      return row
    }
    return PaperSection(
      id: "Table 5", title: "Preferred strategy for each QoS requirement", rows: rows)
  }
}
