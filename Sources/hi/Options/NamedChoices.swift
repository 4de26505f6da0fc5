import ArgumentParser
import HIData
import HIPlanning
import HIReport

/// A choice that is made by name on the command line; a slip is answered with the name that was meant.
///
///     @Option(help: "…", completion: Strategy.completion, transform: Strategy.named) var strategy
protocol NamedChoice: RawRepresentable, CaseIterable where RawValue == String {}

extension NamedChoice {
  /// The choice of a name.
  static func named(_ name: String) throws -> Self {
    if let choice = Self(rawValue: name) { return choice }
    let names = allCases.map(\.rawValue)
    let meant = NearestName.suggestion(for: name, among: names).map { "did you mean '\($0)'? " }
    throw ValidationError(
      "\(meant.map { "\($0)The choices" } ?? "the choices") are \(names.joined(separator: ", ")).")
  }

  /// The names, for shells.
  static var completion: CompletionKind { .list(allCases.map(\.rawValue)) }
}

extension Strategy: NamedChoice {}
extension Objective: NamedChoice {}
extension DecisionKind: NamedChoice {}
extension DecisionFeatureSet: NamedChoice {}
extension DecisionTarget: NamedChoice {}
extension DatasetSplit: NamedChoice {}
extension ReportFormat: NamedChoice {}
