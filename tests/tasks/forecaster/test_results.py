"""What is said of forecasts beside simpler ones."""

import numpy as np

from gatewise.tasks.forecaster.results import _measured


def test_what_is_saved_may_be_less_than_nothing():
    found = _measured({"saved": np.array([-1.0, -2.0, -3.0, -1.0, -2.0]), "smape": np.ones(5)})
    assert found["saved"]["low"] < found["saved"]["value"] < found["saved"]["high"] < 0
    assert found["smape"] == {"value": 1.0, "low": 1.0, "high": 1.0}


def test_an_interval_ends_where_the_measure_does():
    within = np.array([1.0, 1.0, 1.0, 1.0, 0.0])
    found = _measured({"coverage": within, "smape": 20 * (1 - within)})
    assert found["coverage"]["high"] == 1.0
    assert found["smape"]["low"] == 0.0
