"""Recurrent architectures by what goes in and what comes out, each a Keras model from a few
arguments."""

from gatewise.architectures.encoder_decoder import (
    EncoderDecoder,
    check_encoder_decoder,
    encoder_decoder,
)
from gatewise.architectures.many_to_many import check_many_to_many, many_to_many
from gatewise.architectures.many_to_one import check_many_to_one, many_to_one
from gatewise.architectures.multi_horizon import check_multi_horizon, multi_horizon
from gatewise.architectures.one_to_many import check_one_to_many, one_to_many
from gatewise.architectures.one_to_one import one_to_one

__all__ = [
    "EncoderDecoder",
    "check_encoder_decoder",
    "check_many_to_many",
    "check_many_to_one",
    "check_multi_horizon",
    "check_one_to_many",
    "encoder_decoder",
    "many_to_many",
    "many_to_one",
    "multi_horizon",
    "one_to_many",
    "one_to_one",
]
