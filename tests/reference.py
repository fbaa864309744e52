"""The definitions, as plain loops over numbers: slow, and sharing nothing with the package.

``points``: a list of lists of numbers; ``people``: a list of whole numbers, one a point.
"""

from __future__ import annotations


def distance(a, b):
    total = 0.0
    for x, y in zip(a, b, strict=True):
        total += (x - y) ** 2
    return total


def pairs(people):
    size = range(len(people))
    return [(a, p) for a in size for p in size if a != p and people[a] == people[p]]


def batch_all(points, people):
    found = []
    for a, p in pairs(people):
        for n in range(len(people)):
            if people[n] != people[a]:
                found.append((a, p, n))
    return found


def semi_hard(points, people, margin):
    best = {}
    for a, p, n in batch_all(points, people):
        d_p, d_n = distance(points[a], points[p]), distance(points[a], points[n])
        if d_p < d_n < d_p + margin and ((a, p) not in best or d_n < best[a, p][0]):
            best[a, p] = (d_n, n)
    return [(a, p, n) for (a, p), (_, n) in best.items()]


def all_semi_hard(points, people, margin):
    found = []
    for a, p, n in batch_all(points, people):
        d_p, d_n = distance(points[a], points[p]), distance(points[a], points[n])
        if d_p < d_n < d_p + margin:
            found.append((a, p, d_n, n))
    return [(a, p, n) for a, p, _, n in sorted(found)]


def batch_hard(points, people):
    found = []
    for a in range(len(people)):
        positive = negative = None
        for other in range(len(people)):
            d = distance(points[a], points[other])
            if other != a and people[other] == people[a]:
                if positive is None or d > positive[0]:
                    positive = (d, other)
            elif people[other] != people[a] and (negative is None or d < negative[0]):
                negative = (d, other)
        if positive and negative:
            found.append((a, positive[1], negative[1]))
    return found


def easy_positive_semi_hard(points, people, margin):
    nearest = {}
    for a, p in pairs(people):
        d = distance(points[a], points[p])
        if a not in nearest or d < nearest[a][0]:
            nearest[a] = (d, p)
    return [row for row in semi_hard(points, people, margin) if nearest[row[0]][1] == row[1]]


def census(points, people, margin):
    easy = semi = hard = 0
    for a, p, n in batch_all(points, people):
        d_p, d_n = distance(points[a], points[p]), distance(points[a], points[n])
        if d_n <= d_p:
            hard += 1
        elif d_n < d_p + margin:
            semi += 1
        else:
            easy += 1
    return easy, semi, hard


def triplet_loss(points, triplets, margin, reduction):
    """Value, and gradient as a list of lists."""
    total, active = 0.0, 0
    gradient = [[0.0] * len(point) for point in points]
    for a, p, n in triplets:
        loss = distance(points[a], points[p]) - distance(points[a], points[n]) + margin
        if loss <= 0:
            continue
        total, active = total + loss, active + 1
        for i in range(len(points[a])):
            gradient[a][i] += 2 * (points[n][i] - points[p][i])
            gradient[p][i] += 2 * (points[p][i] - points[a][i])
            gradient[n][i] += 2 * (points[a][i] - points[n][i])
    count = {"sum": 1, "mean": len(triplets), "mean_active": active}[reduction] or 1
    return total / count, [[value / count for value in row] for row in gradient]


def shares(distances, same, threshold):
    """VAL and FAR of one threshold, counted pair by pair."""
    true_accepts = false_accepts = people = strangers = 0
    for d, one_person in zip(distances, same, strict=True):
        if one_person:
            people += 1
            true_accepts += d <= threshold
        else:
            strangers += 1
            false_accepts += d <= threshold
    return true_accepts / people, false_accepts / strangers


def val_at_far(distances, same, far):
    """The best VAL of all thresholds that keep to ``far``; None where it allows no false accept."""
    strangers = sum(not one_person for one_person in same)
    if far * strangers < 1:
        return None
    best = 0.0
    for threshold in distances:
        val, achieved = shares(distances, same, threshold)
        if achieved <= far:
            best = max(best, val)
    return best


def equal_error_rate(distances, same):
    best = 1.0
    for threshold in [-1, *distances]:
        val, far = shares(distances, same, threshold)
        best = min(best, max(far, 1 - val))
    return best


def auc(distances, same):
    won = pairs = 0
    for d, one_person in zip(distances, same, strict=True):
        for e, other in zip(distances, same, strict=True):
            if one_person and not other:
                pairs += 1
                won += 1.0 if d < e else 0.5 if d == e else 0.0
    return won / pairs


def right(distances, same, threshold):
    return [(d <= threshold) == bool(s) for d, s in zip(distances, same, strict=True)]


def best_threshold(distances, same):
    """The lowest of the best: accept nothing, or up to a distance that occurs."""
    best = (-1, -1.0)
    for threshold in [-1.0, *sorted(distances)]:
        count = sum(right(distances, same, threshold))
        if count > best[0]:
            best = (count, threshold)
    return best[1]


def fold_accuracies(distances, same, folds):
    found = []
    for fold in sorted(set(folds)):
        others = [i for i in range(len(folds)) if folds[i] != fold]
        own = [i for i in range(len(folds)) if folds[i] == fold]
        threshold = best_threshold([distances[i] for i in others], [same[i] for i in others])
        judged = right([distances[i] for i in own], [same[i] for i in own], threshold)
        found.append(sum(judged) / len(judged))
    return found


def pk_batch(labels, p, k, seed, step, small):
    """The pictures of a batch of p people with k each, one person after the other."""
    import numpy as np

    seed = int(np.random.default_rng(seed).integers(2**63))
    least = k if small == "skip" else min(k, 2)
    people = []
    for who in sorted(set(labels)):
        rows = [row for row, label in enumerate(labels) if label == who]
        if len(rows) >= least:
            people.append(rows)
    epoch, number = divmod(step, len(people) // p)
    order = np.random.default_rng([seed, epoch]).permutation(len(people))
    draw = np.random.default_rng([seed, epoch, 1 + number])
    found = []
    for person in order[number * p : (number + 1) * p]:
        once = draw.permutation(people[person])[:k].tolist()
        again = k - len(once) if small == "repeat" else 0
        found += once + (draw.choice(people[person], again).tolist() if again else [])
    return found
