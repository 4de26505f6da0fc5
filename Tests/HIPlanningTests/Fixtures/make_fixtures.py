"""Writes the figures that the tests of HIPlanning compare with, from scikit-learn and SciPy.

    pip install numpy scipy scikit-learn
    python make_fixtures.py

Features are rounded to few digits, so that the files hold exactly what was fitted.
"""

import json
from pathlib import Path

import numpy as np
import scipy
import sklearn
from scipy import stats
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

HERE = Path(__file__).parent
VERSIONS = f"scikit-learn {sklearn.__version__}, scipy {scipy.__version__}"


def answers(rng, samples):
    """Two highest softmax values of ten-class answers, and whether the answer is right."""
    logits = rng.normal(size=(samples, 10)) * rng.uniform(0.5, 4, size=(samples, 1))
    p = np.exp(logits - logits.max(1, keepdims=True))
    p = np.sort(p / p.sum(1, keepdims=True), axis=1)
    features = np.round(p[:, [-1, -2]], 4)
    right = rng.uniform(size=samples) < 1 / (1 + np.exp(-(6 * features[:, 0] - 2 * features[:, 1] - 2)))
    return features, right


def logistic(name, features, right, inverse_regularization=1.0, sample_weights=None):
    model = LogisticRegression(C=inverse_regularization, tol=1e-12, max_iter=100_000)
    model.fit(features, right, sample_weight=sample_weights)
    return {
        "name": name,
        "inverseRegularization": inverse_regularization,
        "features": features.tolist(),
        "targets": [bool(value) for value in right],
        "sampleWeights": None if sample_weights is None else sample_weights.tolist(),
        "intercept": float(model.intercept_[0]),
        "weights": model.coef_[0].tolist(),
    }


def main():
    rng = np.random.default_rng(20)
    features, right = answers(rng, 200)
    separable = np.round(rng.uniform(size=(60, 2)), 3)
    wide = np.round(rng.normal(size=(120, 5)), 3)
    wide_right = rng.uniform(size=120) < 1 / (1 + np.exp(-wide @ [1, -2, 0.5, 0, 1]))
    weights = np.round(rng.uniform(0, 3, size=200), 2)
    cases = [
        logistic("two highest softmax values", features, right),
        logistic("weak ridge", features, right, 100.0),
        logistic("strong ridge", features, right, 0.01),
        logistic("separable", separable, separable.sum(1) > 1),
        logistic("five features", wide, wide_right),
        logistic("weighted samples", features, right, 1.0, weights),
    ]
    scores = np.round(rng.uniform(size=80), 1)
    labels = rng.uniform(size=80) < scores
    wilson = [
        {"successes": k, "trials": n, "interval": list(stats.binomtest(k, n).proportion_ci(method="wilson"))}
        for k, n in [(0, 10), (7, 10), (10, 10), (9575, 10000), (1, 3)]
    ]
    binomial = [
        {"successes": k, "trials": n, "probability": p, "upperTail": float(stats.binom.sf(k - 1, n, p))}
        for k, n, p in [(0, 5, 0.3), (5, 5, 0.3), (195, 200, 0.95), (4800, 5000, 0.95), (950, 1000, 0.9)]
    ]
    clopper = [
        {"successes": k, "trials": n, "confidence": c,
         "lower": 0.0 if k == 0 else float(stats.beta.ppf(1 - c, k, n - k + 1))}
        for k, n, c in [(0, 50, 0.95), (50, 50, 0.95), (190, 200, 0.95), (4800, 5000, 0.99)]
    ]
    document = {
        "madeWith": VERSIONS,
        "logistic": cases,
        "ranking": {
            "scores": scores.tolist(), "isRight": [bool(value) for value in labels],
            "areaUnderROC": float(roc_auc_score(labels, scores)),
        },
        "wilson": wilson, "binomial": binomial, "clopperPearson": clopper,
    }
    (HERE / "reference.json").write_text(json.dumps(document, separators=(",", ":")) + "\n")


main()
