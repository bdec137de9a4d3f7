"""The JAX adapter against the equations, under every transformation that JAX has."""

from pathlib import Path

import keras
import numpy as np
import pytest

from gatewise import layers
from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels import reference
from gatewise.kernels.contract import CELLS, GATES, Inputs, Spec

if keras.backend.backend() != "jax":
    pytest.skip("for the JAX back end", allow_module_level=True)

import jax
import jax.numpy as jnp

from gatewise.kernels.native import jax as adapter
from gatewise.kernels.native.xla import jax as calls

pytestmark = pytest.mark.usefixtures("core")


def draw(cell, D=1, B=3, T=4, features=2, U=3, masked=True, dropout=False, seed=0):
    """Inputs of these sizes; with a mask that has every kind of gap."""
    rng = np.random.default_rng(seed)
    G = GATES[cell]

    def array(*shape):
        return jnp.asarray(rng.normal(size=shape).astype("float32") * 0.6)

    mask = jnp.asarray(rng.random((B, T)) < 0.7).at[0, 0].set(False) if masked else None
    return Inputs(
        array(B, T, features),
        array(D, features, G * U),
        array(D, U, G * U),
        array(D, 2, G * U) if cell == "GRU" else array(D, G * U),
        tuple(array(D, B, U) for _ in range(2 if cell == "LSTM" else 1)),
        mask,
        jnp.asarray(rng.random((D, G, B, U)) < 0.5) * jnp.float32(2) if dropout else None,
    )


def split(inputs):
    """What can be differentiated, and a function that puts it back."""
    return inputs._replace(mask=None), lambda floats: floats._replace(mask=inputs.mask)


def loss_of(run, spec, whole):
    """A scalar in which every output and every state weighs differently."""

    def loss(floats):
        found = run(spec, whole(floats))
        given = [array for array in (found.hidden, *found.states) if array is not None]
        return sum(
            (jnp.sin(a) * (1 + jnp.arange(a.size) % 5).reshape(a.shape)).sum() for a in given
        )

    return loss


def assert_close(found, expected, tolerance=1e-4):
    found, expected = jax.tree.leaves(found), jax.tree.leaves(expected)
    assert len(found) == len(expected)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def both(transform, spec, inputs):
    """What `transform(loss)(floats)` gives with the kernel and with the equations."""
    floats, whole = split(inputs)
    return [transform(loss_of(run, spec, whole))(floats) for run in (adapter.run, reference.run)]


@pytest.mark.parametrize("D", [1, pytest.param(2, marks=pytest.mark.slow)])
@pytest.mark.parametrize("cell", CELLS)
def test_value_and_gradient_under_jit(cell, D):
    spec = Spec(cell, reverse=D == 1, fill="hold_zero")
    assert_close(*both(jax.value_and_grad, spec, draw(cell, D)))


def test_without_mask_and_bias_and_without_outputs():
    inputs = draw("LSTM", masked=False)._replace(bias=None)
    assert_close(*both(jax.value_and_grad, Spec("LSTM", outputs=False), inputs))


def test_recurrent_dropout_is_differentiable_as_well():
    inputs = draw("GRU", dropout=True)
    assert_close(*both(jax.grad, Spec("GRU"), inputs))


ONLY_X = Inputs(0, None, None, None, (None,), None, None)


@pytest.mark.parametrize(
    ("in_axes", "calls"),
    [
        pytest.param(0, 2, id="weights that differ: one call after the other"),
        pytest.param(ONLY_X, 2, id="a gradient of the weights each"),
    ],
)
def test_vmap_of_value_and_gradient(in_axes, calls, core):
    inputs = draw("GRU", masked=False)
    floats = jax.tree.map(lambda a: jnp.stack([a, a * 0.5]), inputs)
    if in_axes != 0:
        floats = inputs._replace(x=floats.x)
    before = core.counts()["backward"]
    found, expected = (
        jax.jit(jax.vmap(jax.value_and_grad(loss_of(run, Spec("GRU"), lambda f: f)), (in_axes,)))(
            floats
        )
        for run in (adapter.run, reference.run)
    )
    assert_close(found, expected)
    assert core.counts()["backward"] == before + calls


@pytest.mark.parametrize("D", [1, 2])
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_vmap_joins_the_batch_where_weights_are_the_same(cell, D, core):
    inputs = draw(cell, D)
    xs = jnp.stack([inputs.x, inputs.x * 0.5, -inputs.x])

    def transformed(run):
        def loss(x):
            return loss_of(run, Spec(cell), lambda f: f)(inputs._replace(x=x))

        return jax.jit(jax.vmap(jax.value_and_grad(loss)))(xs)

    before = core.counts()
    found = jax.block_until_ready(transformed(adapter.run))
    after = core.counts()
    assert {name: after[name] - before[name] for name in ("forward", "backward")} == {
        "forward": 1,
        "backward": 1,
    }
    assert_close(found, transformed(reference.run))


def test_vmap_of_vmap_and_the_gradient_of_vmap():
    inputs = draw("LSTM", masked=False)
    xs = jnp.stack([jnp.stack([inputs.x, -inputs.x]), jnp.stack([2 * inputs.x, inputs.x])])

    def total(run):
        def states(x):
            return run(Spec("LSTM"), inputs._replace(x=x)).states[0]

        return jax.value_and_grad(lambda xs: jnp.sin(jax.vmap(jax.vmap(states))(xs)).sum())(xs)

    assert_close(total(adapter.run), total(reference.run))


def test_per_example_gradients_take_one_forward_call(core):
    inputs = draw("GRU", masked=False)
    xs = jnp.stack([inputs.x, -inputs.x])

    def gradients(run):
        def loss(kernel, x):
            return jnp.sin(run(Spec("GRU"), inputs._replace(kernel=kernel, x=x)).hidden).sum()

        return jax.vmap(jax.grad(loss), (None, 0))(inputs.kernel, xs)

    before = core.counts()
    found = jax.block_until_ready(gradients(adapter.run))
    after = core.counts()
    assert [after[name] - before[name] for name in ("forward", "backward")] == [1, 2]
    assert_close(found, gradients(reference.run))


def test_scan_around_it_with_remat():
    inputs = draw("LSTM")

    def transform(loss):
        @jax.checkpoint
        def body(carry, x):
            return carry + loss(inputs._replace(mask=None, x=x)), None

        def total(floats):
            return jax.lax.scan(body, 0.0, jnp.stack([floats.x, floats.x * 2]))[0]

        return jax.value_and_grad(total)

    assert_close(*both(transform, Spec("LSTM", fill="zero"), inputs))


@pytest.mark.slow
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_the_gradient_of_a_gradient(cell):
    def transform(loss):
        return jax.grad(
            lambda floats: sum((g**2).sum() for g in jax.tree.leaves(jax.grad(loss)(floats)))
        )

    assert_close(*both(transform, Spec(cell), draw(cell)), tolerance=1e-3)


@pytest.mark.slow
def test_the_third_derivative_along_a_line():
    inputs = draw("SimpleRNN tanh", B=1, T=2)

    def transform(loss):
        along = lambda t: loss(inputs._replace(mask=None, x=inputs.x * t))  # noqa: E731
        return lambda _: jax.grad(jax.grad(jax.grad(along)))(0.7)

    assert_close(*both(transform, Spec("SimpleRNN tanh"), inputs), tolerance=1e-3)


@pytest.mark.parametrize("wrap", [lambda f: f, jax.jit], ids=["eager", "jit"])
def test_forward_mode_names_the_way_out(wrap):
    floats, whole = split(draw("LSTM"))
    loss = wrap(loss_of(adapter.run, Spec("LSTM"), whole))
    with pytest.raises(KernelError, match=r"reverse-mode .* GATEWISE_KERNELS=reference"):
        jax.jvp(loss, (floats,), (floats,))


def test_forward_over_reverse_names_it_too():
    floats, whole = split(draw("SimpleRNN tanh"))
    loss = loss_of(adapter.run, Spec("SimpleRNN tanh"), whole)
    with pytest.raises(KernelError, match="forward mode"):
        jax.hessian(lambda x: loss(floats._replace(x=x)))(floats.x)


def test_only_what_is_wanted_is_computed():
    floats, whole = split(draw("LSTM"))
    loss = loss_of(adapter.run, Spec("LSTM", outputs=False), whole)

    def of_weights(kernel, rest):
        return loss(rest._replace(kernel=kernel))

    text = str(jax.make_jaxpr(jax.grad(of_weights))(floats.kernel, floats))
    backward = next(line for line in text.splitlines() if "gatewise_backward" in line)
    assert "gatewise_backward" in backward
    forward = str(jax.make_jaxpr(loss)(floats))
    assert "f32[3,4,1,3]" not in forward  # no hidden states where nobody reads them
    plans = []
    original = calls._custom_call
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            calls, "_custom_call", lambda plan, *a: (plans.append(plan), original(plan, *a))[1]
        )
        jax.make_jaxpr(jax.grad(of_weights))(floats.kernel, floats)
    assert plans[-1].results == ("d_kernel",)
    assert "d_hidden" not in plans[-1].operands
    assert {"hidden", "gates", "cells"} <= set(plans[-1].operands)


def test_record_gives_the_residual_and_stops_gradients():
    inputs = draw("LSTM", masked=False)
    found = adapter.record(Spec("LSTM"), inputs)
    assert_close(found[:2], reference.run(Spec("LSTM"), inputs)[:2])
    assert found.residual.gates.shape == (1, 3, 4, 12)
    last = found.residual.cells[:, :, -1]
    assert_close(last, found.states[1])
    gradient = jax.grad(lambda x: adapter.record(Spec("LSTM"), inputs._replace(x=x)).hidden.sum())
    assert not gradient(inputs.x).any()


def test_a_refusal_by_the_core_is_an_error_with_its_words(monkeypatch):
    inputs = draw("LSTM")
    wrong = inputs._replace(states=(inputs.states[0], inputs.states[1][:, :2]))
    with pytest.raises(ArgumentError, match=r"c0: expected shape .* \(1, 3, 3\), got \(1, 2, 3\)"):
        adapter.run(Spec("LSTM"), wrong)
    monkeypatch.setattr(calls.shapes, "check", lambda *_: None)
    with pytest.raises(Exception, match="gatewise: the size of c0"):
        jax.block_until_ready(adapter.run(Spec("LSTM"), wrong))


def test_fit_runs_the_kernel(core):
    model = keras.Sequential([keras.Input((4, 2)), layers.GRU(3), keras.layers.Dense(1)])
    model.compile("sgd", "mse")
    before = core.counts()
    x = np.ones((6, 4, 2), "float32")
    model.fit(x, x[:, 0, :1], batch_size=3, epochs=2, verbose=0)
    after = core.counts()
    assert [after[name] - before[name] for name in ("forward", "backward")] == [4, 4]


SHARDED = (Path(__file__).parent / "sharded.py").read_text()


@pytest.mark.slow
def test_a_sharded_batch_stays_sharded(elsewhere):
    flags = "--xla_force_host_platform_device_count=2"
    assert elsewhere(SHARDED, XLA_FLAGS=flags) == "four checks\n"
