"""Run in a process of its own with two devices: a sharded batch is not gathered."""

import re

import jax
import jax.numpy as jnp
import keras
import numpy as np
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from gatewise import layers
from gatewise.kernels import reference
from gatewise.kernels.contract import Inputs, Spec
from gatewise.kernels.native import jax as adapter
from gatewise.kernels.native import library

B, T, FEATURES, U = 8, 5, 3, 4


def arrays():
    """Weights, x, initial state and mask of a GRU."""
    rng = np.random.default_rng(0)

    def array(*shape):
        return jnp.asarray(rng.normal(size=shape).astype("float32") * 0.5)

    weights = (array(1, FEATURES, 3 * U), array(1, U, 3 * U), array(1, 2, 3 * U))
    mask = jnp.asarray(rng.random((B, T)) < 0.7)
    return weights, array(B, T, FEATURES), array(1, B, U), mask


def loss(run, weights, x, h0, mask):
    found = run(Spec("GRU"), Inputs(x, *weights, (h0,), mask))
    return jnp.sin(found.hidden).sum() + found.states[0].sum()


def assert_close(found, expected):
    for one, other in zip(jax.tree.leaves(found), jax.tree.leaves(expected), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-4, atol=1e-5)


def check_sharded():
    """Nothing but the gradients of the weights crosses from device to device."""

    def gradient(run):
        return jax.jit(jax.value_and_grad(lambda *given: loss(run, *given), (0, 1, 2)))

    mesh = Mesh(np.array(jax.devices("cpu")), ("batch",))
    places = (), ("batch",), (None, "batch"), ("batch",)
    shardings = [NamedSharding(mesh, PartitionSpec(*place)) for place in places]
    given = tuple(map(jax.device_put, arrays(), shardings))
    compiled = gradient(adapter.run).lower(*given).compile()
    text = compiled.as_text()
    assert "gatewise_backward" in text
    assert "all-reduce" in text
    assert not re.search("all-gather|all-to-all|collective-permute", text), text
    found = compiled(*given)
    assert found[1][1].sharding.is_equivalent_to(shardings[1], 3)
    assert_close(found, gradient(reference.run)(*arrays()))


def check_vmapped():
    weights, x, h0, mask = arrays()
    found, expected = (
        jax.vmap(jax.grad(lambda x: loss(run, weights, x, h0, mask)))(jnp.stack([x, 2 * x]))  # noqa: B023
        for run in (adapter.run, reference.run)
    )
    assert_close(found, expected)


def check_shard_map():
    """The gradients of weights that every device shares are summed."""
    mesh = Mesh(np.array(jax.devices("cpu")), ("batch",))
    places = PartitionSpec(), PartitionSpec("batch"), PartitionSpec(None, "batch")

    def gradient(run):
        def total(weights, x, h0):
            return jax.lax.psum(loss(run, weights, x, h0, None), "batch")

        split = jax.shard_map(total, mesh=mesh, in_specs=places, out_specs=PartitionSpec())
        return jax.jit(jax.grad(split, (0, 1, 2)))

    weights, x, h0, _ = arrays()
    found, expected = (gradient(run)(weights, x, h0) for run in (adapter.run, reference.run))
    assert_close(found, expected)


def check_fitted():
    alone = trained()
    before = library.load().counts()["backward"]
    keras.distribution.set_distribution(keras.distribution.DataParallel())
    assert_close(trained(), alone)
    # Two steps on two devices: one call each.
    assert library.load().counts()["backward"] == before + 4


def trained():
    """The weights of a small model after two steps of training."""
    x = np.asarray(arrays()[1])
    keras.utils.set_random_seed(0)
    model = keras.Sequential([keras.Input((T, FEATURES)), layers.LSTM(U), keras.layers.Dense(1)])
    model.compile(keras.optimizers.SGD(0.1), "mse")
    model.fit(x, x[:, 0, :1], batch_size=B, epochs=2, verbose=0)
    return [np.asarray(weight) for weight in model.get_weights()]


if __name__ == "__main__":
    assert len(jax.devices("cpu")) == 2
    check_sharded()
    check_vmapped()
    check_shard_map()
    check_fitted()
    print("four checks")
