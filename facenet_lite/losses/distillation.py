"""A student's loss against its teacher: distillation (Hinton, Vinyals, Dean 2015) of embeddings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from torch import Tensor, nn

from facenet_lite._checks import check_number
from facenet_lite.errors import InputError
from facenet_lite.losses.base import Outcome
from facenet_lite.losses.diagnosis import diagnose_taught
from facenet_lite.ranking import MARGIN, check_embeddings

RELATIONS: Final = 2.0
"""The weight of the angles between pictures; the position of each picture has weight 1."""


def distillation_loss(embeddings: Tensor, targets: Tensor, relations: float = RELATIONS) -> Tensor:
    """How far a student's embeddings are from its teacher's, both (B, D) and of unit length.

    The mean of 1 - cosine over the pictures, plus ``relations`` times the mean squared difference
    of the cosines of all B x B pairs: a student that cannot place a picture where its teacher does
    can still keep the angles to the others (Park et al. 2019, relational knowledge distillation).
    Returns a scalar, 0 if student and teacher agree. Raises InputError for other shapes.
    """
    student, teacher = check_embeddings(embeddings), check_embeddings(targets)
    if student.shape != teacher.shape:
        raise InputError(
            f"targets: expected the shape of the embeddings, {tuple(student.shape)}, "
            f"got {tuple(teacher.shape)}"
        )
    check_number(relations, "relations", low=0)
    place = 1 - (student * teacher).sum(1).mean()
    angles = (student @ student.T - teacher @ teacher.T).square().mean()
    return place + relations * angles


@dataclass(frozen=True, eq=False)
class Distillation:
    """A student's loss for ``targets`` (N, D), the teacher's embeddings of N pictures. A label is
    the index of a picture. ``margin`` is used only for the diagnosis."""

    targets: Tensor
    margin: float = MARGIN

    def __call__(self, embeddings: Tensor, labels: Tensor, step: int = 0) -> Outcome:
        """See ``Loss``; the step does not matter."""
        wanted = self.targets[labels]
        seen = diagnose_taught(embeddings, wanted, self.margin)
        return Outcome(distillation_loss(embeddings, wanted), 0, seen, "taught")

    def parameters(self) -> tuple[nn.Parameter, ...]:
        """None: the teacher's embeddings are fixed."""
        return ()
