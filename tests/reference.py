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
