"""Write sequences, given a label, after a prompt, or freely."""

from gatewise.tasks.generator.model import Generator
from gatewise.tasks.generator.sampling import Sampling
from gatewise.tasks.generator.scoring import Score

__all__ = ["Generator", "Sampling", "Score"]
