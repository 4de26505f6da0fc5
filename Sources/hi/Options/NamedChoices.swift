public import ArgumentParser
public import HIPlanning

extension Strategy: ExpressibleByArgument {}
extension Objective: ExpressibleByArgument {}
extension DecisionFeatureSet: ExpressibleByArgument {}
extension DecisionTarget: ExpressibleByArgument {}
