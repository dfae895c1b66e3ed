"""Assessment from the record (考核): each body's fulfilment of a year, weighted by a scheme, traceable to rows."""

from tasks.assessing.computing import STAGES, assess
from tasks.assessing.results import UNRANKED, Assessment, Demand, Loss, Standing, record_lines
from tasks.assessing.scoring import points
from tasks.assessing.sealing import scheme_in_force, seal

__all__ = [
    "STAGES",
    "UNRANKED",
    "Assessment",
    "Demand",
    "Loss",
    "Standing",
    "assess",
    "points",
    "record_lines",
    "scheme_in_force",
    "seal",
]
