"""Writes metrics.json and probes.json: what scikit-learn, torchmetrics, scipy and PyTorch say of small random cases.

python3 make_golden.py in this folder (numpy, scipy, scikit-learn, torch, torchmetrics)."""

import json
import pathlib
import warnings

import numpy as np
import torch
from scipy.spatial.distance import cdist
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import (
    average_precision_score,
    confusion_matrix,
    f1_score,
    precision_recall_fscore_support,
)
from sklearn.neighbors import KNeighborsClassifier
from sklearn.preprocessing import StandardScaler
from torchmetrics.functional.classification import (
    multiclass_accuracy,
    multiclass_f1_score,
    multiclass_jaccard_index,
    multilabel_average_precision,
    multilabel_f1_score,
)

warnings.filterwarnings("ignore")
RESOURCES = pathlib.Path(__file__).parent.parent / "resources"
rng = np.random.default_rng(20)


def plain(value):
    """Numbers and lists that json knows."""
    if isinstance(value, dict):
        return {k: plain(v) for k, v in value.items()}
    return np.asarray(value).tolist()


def same(one, other, tolerance=1e-5):
    """torchmetrics computes in float32; scikit-learn's double goes into the file."""
    assert np.allclose(one, other, atol=tolerance), (one, other)
    return one


def multi_label(case):
    n, k = int(rng.integers(1, 40)), int(rng.integers(2, 7))
    labels = (rng.random((n, k)) < rng.choice([0.05, 0.3, 0.7])).astype(int)
    scores = rng.random((n, k))
    if case % 3 == 0:
        scores = np.round(scores * 5) / 5  # ties
    if case % 4 == 1:
        labels[:, 0] = 1
    if case % 4 == 2:
        labels[:, -1] = 0
    scores = scores.astype(np.float32).astype(np.float64)
    weights = np.bincount(rng.integers(0, n, n), minlength=n)
    t, p = torch.tensor(labels), torch.tensor(scores)
    result = {
        "labels": labels,
        "scores": scores,
        "weights": weights,
        "microF1": same(f1_score(labels.ravel(), scores.ravel() > 0.5, zero_division=0),
                        multilabel_f1_score(p, t, k, average="micro")),
        "macroF1": same(np.mean([f1_score(labels[:, i], scores[:, i] > 0.5, zero_division=0) for i in range(k)]),
                        multilabel_f1_score(p, t, k, average="macro")),
        "microAp": same(average_precision_score(labels.ravel(), scores.ravel()),
                        multilabel_average_precision(p, t, k, average="micro")),
        "ap": same([average_precision_score(labels[:, i], scores[:, i]) for i in range(k)],
                   multilabel_average_precision(p, t, k, average="none")),
        "macroAp": same(np.mean([average_precision_score(labels[:, i], scores[:, i]) for i in range(k)]),
                        multilabel_average_precision(p, t, k, average="macro")),
    }
    repeated = np.repeat(np.arange(n), weights)
    result["weightedMicroAp"] = average_precision_score(labels[repeated].ravel(), scores[repeated].ravel())
    result["weightedMacroAp"] = np.mean(
        [average_precision_score(labels[repeated, i], scores[repeated, i]) for i in range(k)])
    result["weightedMicroF1"] = f1_score(
        labels[repeated].ravel(), scores[repeated].ravel() > 0.5, zero_division=0)
    return plain(result)


def single_label(case):
    n, k = int(rng.integers(1, 60)), int(rng.integers(2, 7))
    target = rng.integers(0, k, n)
    predicted = np.where(rng.random(n) < 0.6, target, rng.integers(0, k, n))
    if case % 3 == 0:  # a class that is predicted only, and one that does not occur at all
        target[target == k - 1] = 0
        predicted[predicted == 0] = 1
        target[target == 0] = 1
    if case % 5 == 0:
        target[rng.random(n) < 0.2] = -1
    t, p = torch.tensor(target), torch.tensor(predicted)
    kept = target >= 0
    precision, recall, f1, support = precision_recall_fscore_support(
        target[kept], predicted[kept], labels=np.arange(k), zero_division=0) if kept.any() else [np.zeros(k)] * 4
    ignore = {"ignore_index": -1}
    return plain({
        "classes": k,
        "target": target,
        "predicted": predicted,
        "accuracy": same(np.mean(target[kept] == predicted[kept]) if kept.any() else 0,
                         multiclass_accuracy(p, t, k, average="micro", **ignore)),
        "averageAccuracy": multiclass_accuracy(p, t, k, average="macro", **ignore),
        "macroF1": multiclass_f1_score(p, t, k, average="macro", **ignore),
        "precision": precision,
        "recall": recall,
        "f1": f1,
        "support": support,
        "confusion": confusion_matrix(target[kept], predicted[kept], labels=np.arange(k))
        if kept.any() else np.zeros((k, k), int),
    })


def segmentation(case):
    height, width, k = int(rng.integers(2, 9)), int(rng.integers(2, 9)), int(rng.integers(2, 6))
    target = rng.integers(0, k, height * width)
    predicted = np.where(rng.random(target.size) < 0.6, target, rng.integers(0, k, target.size))
    if case % 3 == 0:
        target[target == k - 1] = 0
    if case % 3 == 1:
        target[target == 1] = 0
        predicted[predicted == 1] = 0
    # -2: nothing is ignored; -1: pixels without class; otherwise a class
    ignored = [-2, -1, 0][int(rng.integers(0, 3))]
    if ignored == -1:
        target[rng.random(target.size) < 0.3] = -1
    if (target == ignored).all():
        target[0] = 1
    t, p = torch.tensor(target), torch.tensor(predicted)
    options = {"ignore_index": None if ignored == -2 else ignored}
    return plain({
        "classes": k,
        "ignored": ignored,
        "target": target,
        "predicted": predicted,
        "meanIou": multiclass_jaccard_index(p, t, k, average="macro", **options),
        "iou": multiclass_jaccard_index(p, t, k, average="none", **options),
        "accuracy": multiclass_accuracy(p, t, k, average="micro", **options),
    })


def features(n, d):
    """Float32 values, so that Java reads the same numbers; unequal scales and means."""
    values = rng.normal(size=(n, d)) * rng.uniform(0.5, 3, d) + rng.normal(size=d)
    return np.round(values, 3).astype(np.float32).astype(np.float64)


def logistic(name, n, d, k, multi, c, standardise=False, weights=None):
    x = features(n, d)
    logits = x @ rng.normal(size=(d, k)) + rng.gumbel(size=(n, k)) * 2
    y = (logits > 0).astype(int) if multi else logits.argmax(1)
    scaler = StandardScaler().fit(x) if standardise else None
    z = scaler.transform(x) if standardise else x

    def fit(labels, class_weight):
        model = LogisticRegression(
            C=c, solver="newton-cholesky", tol=1e-12, max_iter=1000, class_weight=class_weight)
        model.fit(z, labels)
        return model.coef_, model.intercept_

    if multi:
        fits = [fit(y[:, i], {0: 1.0, 1: weights[i] if weights else 1.0}) for i in range(k)]
        coef = np.concatenate([f[0] for f in fits])
        intercept = np.concatenate([f[1] for f in fits])
    else:
        coef, intercept = fit(y, dict(enumerate(weights)) if weights else None)
    if not multi and k == 2:  # one vector: the second row less the first of the softmax
        coef, intercept = np.concatenate([-coef, coef]) / 2, np.concatenate([-intercept, intercept]) / 2
    sums = z @ coef.T + intercept
    if multi:
        positive = np.array(weights if weights else np.ones(k))
        losses = y * positive * np.logaddexp(0, -sums) + (1 - y) * np.logaddexp(0, sums)
        total = n
        loss = losses.sum() / n
    else:
        factor = np.array(weights)[y] if weights else np.ones(n)
        losses = factor * (np.logaddexp.reduce(sums, axis=1) - sums[np.arange(n), y])
        total = factor.sum()
        loss = losses.sum() / total
    penalty = (2 if not multi and k == 2 else 1) / (c * total)
    if standardise:
        coef_out = coef / scaler.scale_
        intercept = intercept - coef_out @ scaler.mean_
    else:
        coef_out = coef
    # The softmax does not change when all biases move together; the middle is the convention here.
    return {"name": name, "features": x, "labels": y, "classes": k, "multi": multi, "penalty": penalty,
            "standardise": standardise, "weights": weights or [], "coef": coef_out, "intercept": intercept,
            "objective": loss + penalty / 2 * (coef ** 2).sum()}


def adamw(name, multi, cosine, weights=None):
    n, d, k = 48, 7, 4
    x = features(n, d)
    y = (rng.random((n, k)) < 0.4).astype(int) if multi else rng.integers(0, k, n)
    layer = torch.nn.Linear(d, k, dtype=torch.float64)
    torch.nn.init.zeros_(layer.weight)
    torch.nn.init.zeros_(layer.bias)
    optimiser = torch.optim.AdamW(layer.parameters(), lr=0.05, weight_decay=0.01)
    scheduler = torch.optim.lr_scheduler.CosineAnnealingLR(optimiser, T_max=50)
    factor = torch.tensor(weights, dtype=torch.float64) if weights else None
    losses = []
    for _ in range(50):
        optimiser.zero_grad()
        logits = layer(torch.tensor(x))
        if multi:  # mean over samples, sum over labels
            loss = torch.nn.functional.binary_cross_entropy_with_logits(
                logits, torch.tensor(y, dtype=torch.float64), pos_weight=factor, reduction="sum") / n
        else:
            loss = torch.nn.functional.cross_entropy(logits, torch.tensor(y), weight=factor)
        loss.backward()
        optimiser.step()
        if cosine:
            scheduler.step()
        losses.append(loss.item())
    return {"name": name, "features": x, "labels": y, "classes": k, "multi": multi, "cosine": cosine,
            "weights": weights or [], "losses": losses,
            "coef": layer.weight.detach().numpy(), "intercept": layer.bias.detach().numpy()}


def knn(name, multi, temperature):
    n, m, d, k, neighbours = 60, 40, 6, 4, 7
    train, test = features(n, d), features(m, d)
    test[0] = 0
    y = (rng.random((n, k)) < 0.4).astype(int) if multi else rng.integers(0, k, n)
    vote = "uniform" if temperature == 0 else lambda distances: np.exp((1 - distances) / temperature)
    # A row of zeros is equally far from all; give the order of rows, as stated, by a distance of our own.
    distances = cdist(test, train, "cosine")
    distances[0] = 1 + np.arange(n) * 1e-12
    model = KNeighborsClassifier(neighbours, metric="precomputed", weights=vote)
    model.fit(np.zeros((n, n)), y)
    scores = model.predict_proba(distances)
    check = KNeighborsClassifier(neighbours, metric="cosine", weights=vote).fit(train, y)
    expected = check.predict_proba(test[1:])
    if multi:
        scores = np.stack([s[:, 1] for s in scores], 1)
        expected = np.stack([s[:, 1] for s in expected], 1)
    assert np.allclose(scores[1:], expected)
    return {"name": name, "train": train, "test": test, "labels": y, "classes": k, "multi": multi,
            "neighbours": neighbours, "temperature": temperature, "scores": scores,
            "predicted": (scores > 0.5).astype(int) if multi else np.r_[scores[0].argmax(), check.predict(test[1:])]}


def write(name, content):
    RESOURCES.mkdir(exist_ok=True)
    (RESOURCES / name).write_text(json.dumps(content, separators=(",", ":")) + "\n")


write("metrics.json", {
    "multiLabel": [multi_label(i) for i in range(40)],
    "singleLabel": [single_label(i) for i in range(40)],
    "segmentation": [segmentation(i) for i in range(40)],
    "quantiles": plain({
        "values": (values := rng.normal(size=37)),
        "lower": np.percentile(values, 2.5),
        "upper": np.percentile(values, 97.5),
    }),
})
write("probes.json", plain({}) | {
    "logistic": [plain(c) for c in (
        logistic("three classes", 120, 5, 3, False, 1.0),
        logistic("two classes", 90, 4, 2, False, 0.5),
        logistic("standardised", 150, 6, 4, False, 2.0, standardise=True),
        logistic("weighted", 110, 5, 3, False, 1.0, weights=[0.5, 2.0, 1.25]),
        logistic("weak penalty", 200, 8, 5, False, 10.0),
        logistic("labels", 130, 5, 4, True, 1.0),
        logistic("weighted labels", 100, 5, 3, True, 1.0, weights=[2.0, 0.5, 3.0]),
        logistic("standardised labels", 100, 9, 2, True, 10.0, standardise=True),
    )],
    "adamw": [plain(c) for c in (
        adamw("cosine", False, True),
        adamw("constant", False, False),
        adamw("weighted", False, True, [0.5, 2.0, 1.25, 1.0]),
        adamw("labels", True, True),
        adamw("weighted labels", True, False, [2.0, 0.5, 3.0, 1.0]),
    )],
    "knn": [plain(c) for c in (
        knn("majority", False, 0),
        knn("weighted", False, 0.07),
        knn("labels", True, 0),
        knn("weighted labels", True, 0.5),
    )],
})
