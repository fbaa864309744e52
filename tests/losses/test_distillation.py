"""The distillation loss: 0 where student and teacher agree, worked out by hand where not."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from facenet_lite.errors import InputError
from facenet_lite.losses.diagnosis import diagnose_taught
from facenet_lite.losses.distillation import distillation_loss


def on_the_sphere(rows: int, dim: int, seed: int) -> torch.Tensor:
    values = torch.randn(rows, dim, generator=torch.Generator().manual_seed(seed))
    return values / values.norm(dim=1, keepdim=True)


def by_loops(student: list[list[float]], teacher: list[list[float]], relations: float) -> float:
    count = len(student)

    def cosine(a: list[float], b: list[float]) -> float:
        return sum(x * y for x, y in zip(a, b, strict=True))

    place = sum(1 - cosine(s, t) for s, t in zip(student, teacher, strict=True)) / count
    angles = 0.0
    for i in range(count):
        for j in range(count):
            angles += (cosine(student[i], student[j]) - cosine(teacher[i], teacher[j])) ** 2
    return place + relations * angles / count**2


@given(st.integers(1, 6), st.integers(2, 5), st.integers(0, 999), st.floats(0, 10))
def test_it_is_the_loops(rows: int, dim: int, seed: int, relations: float) -> None:
    student, teacher = on_the_sphere(rows, dim, seed), on_the_sphere(rows, dim, seed + 1000)
    expected = by_loops(student.tolist(), teacher.tolist(), relations)
    assert float(distillation_loss(student, teacher, relations)) == pytest.approx(
        expected, abs=1e-4
    )


def test_two_vectors_by_hand() -> None:
    teacher = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    student = torch.tensor([[1.0, 0.0], [math.sqrt(0.5), math.sqrt(0.5)]])
    place = (1 - math.sqrt(0.5)) / 2
    angles = 2 * 0.5 / 4
    assert float(distillation_loss(student, teacher)) == pytest.approx(place + 2 * angles)


def test_a_student_turned_as_a_whole_keeps_the_angles() -> None:
    teacher = on_the_sphere(5, 3, 0)
    turned = teacher[:, [1, 2, 0]]
    assert float(distillation_loss(turned, teacher, 1e6)) < 3
    assert float(distillation_loss(turned, teacher, 0)) > 0.1


def test_a_student_that_agrees_has_nothing_to_lose_and_a_slope_of_0() -> None:
    teacher = on_the_sphere(4, 3, 2)
    student = teacher.clone().requires_grad_()
    loss = distillation_loss(student, teacher)
    assert float(loss.detach()) == pytest.approx(0, abs=1e-6)
    loss.backward()
    assert student.grad is not None
    along = (student.grad * teacher).sum(1, keepdim=True) * teacher  # leaves the sphere: no change
    assert torch.allclose(student.grad, along, atol=1e-6)


@pytest.mark.parametrize(
    ("student", "teacher"),
    [(torch.zeros(2, 3), torch.zeros(2, 4)), (torch.zeros(2, 3), torch.zeros(3, 3))],
)
def test_other_shapes_are_refused(student: torch.Tensor, teacher: torch.Tensor) -> None:
    with pytest.raises(InputError, match="expected"):
        distillation_loss(student, teacher)


def test_a_negative_weight_is_refused() -> None:
    with pytest.raises(InputError, match="relations"):
        distillation_loss(on_the_sphere(2, 2, 0), on_the_sphere(2, 2, 1), -1)


def test_a_taught_batch_is_diagnosed_by_hand() -> None:
    teacher = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    student = torch.tensor([[1.0, 0.0], [1.0, 0.0]])
    found = diagnose_taught(student, teacher, 0.2)
    assert found.triplets == 2
    assert found.active == 1  # the second lies at the first's place
    assert found.mean_positive == pytest.approx(1.0)
    assert found.mean_negative == pytest.approx(1.0)
    assert found.spread == 0


def test_one_picture_has_no_triplet() -> None:
    found = diagnose_taught(torch.tensor([[1.0, 0.0]]), torch.tensor([[1.0, 0.0]]))
    assert (found.triplets, found.active, found.mean_negative) == (0, 0, 0)
