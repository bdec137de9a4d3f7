"""The torch adapter: its operators in every part of torch that meets them."""

from functools import partial

import keras
import numpy as np
import pytest

from gatewise.errors import ArgumentError, KernelError
from gatewise.kernels import reference
from gatewise.kernels.contract import CELLS, FILLS, GATES, Inputs, Spec

torch = pytest.importorskip("torch")
if keras.backend.backend() != "torch":
    pytest.skip("for the torch back end", allow_module_level=True)

adapter = pytest.importorskip("gatewise.kernels.native.torch")
pytestmark = pytest.mark.usefixtures("core")


def draw(cell, D=1, B=3, T=4, features=2, U=3, masked=False, dropout=False, bias=True, seed=0):
    """Inputs of these sizes that ask for gradients; a mask has gaps everywhere."""
    generator = torch.Generator().manual_seed(seed)
    width = GATES[cell] * U

    def array(*shape):
        return (torch.randn(shape, generator=generator) * 0.6).requires_grad_()

    def coins(*shape):
        return torch.rand(shape, generator=generator) < 0.6

    bias_shape = (D, 2, width) if cell == "GRU" else (D, width)
    return Inputs(
        array(B, T, features),
        array(D, features, width),
        array(D, U, width),
        array(*bias_shape) if bias else None,
        tuple(array(D, B, U) for _ in range(2 if cell == "LSTM" else 1)),
        coins(B, T) if masked else None,
        coins(D, GATES[cell], B, U) / 0.6 if dropout else None,
    )


def smooth(inputs):
    """The arrays that have gradients."""
    return [array for array in (*inputs[:4], *inputs.states) if array is not None]


def mapped(function, inputs):
    """`function` of every array."""
    parts = [function(array) if isinstance(array, torch.Tensor) else array for array in inputs]
    return Inputs(*parts)._replace(states=tuple(map(function, inputs.states)))


def plain(inputs):
    return mapped(lambda array: array.detach(), inputs)


def results(run, spec, inputs):
    found = run(spec, inputs)
    return [array for array in (found.hidden, *found.states) if array is not None]


def weighed(arrays):
    """A scalar in which every number has its own weight, none of them linear."""
    return sum(
        (torch.sin(array).flatten() * (1 + torch.arange(array.numel()) % 5)).sum()
        for array in arrays
    )


def gradients(run, spec, inputs, **options):
    return torch.autograd.grad(weighed(results(run, spec, inputs)), smooth(inputs), **options)


def assert_close(found, expected, tolerance=1e-4):
    for one, other in zip(found, expected, strict=True):
        size = max(1.0, float(other.detach().abs().max()))
        assert one.shape == other.shape
        assert float((one.detach() - other.detach()).abs().max()) <= tolerance * size


def exactly(inputs):
    """The same in float64."""

    def wide(array):
        wide = array.detach()
        return wide.double().requires_grad_() if array.is_floating_point() else wide

    return mapped(wide, inputs)


SHAPES = {
    "plain": {},
    "masked, both directions": {"D": 2, "masked": True},
    "dropout, no bias": {"dropout": True, "bias": False, "masked": True},
    "odd": {"B": 7, "T": 5, "features": 5, "U": 19, "masked": True},
    "one": {"B": 1, "T": 1, "features": 1, "U": 1},
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("cell", CELLS)
def test_results_and_gradients_are_those_of_the_equations_in_float64(cell, shape):
    inputs = draw(cell, **SHAPES[shape])
    for fill in FILLS[:3]:
        spec = Spec(cell, fill=fill, reverse=fill == "zero" and len(inputs.kernel) == 1)
        exact = exactly(inputs)
        expected = results(reference.run, spec, exact)
        assert_close(results(adapter.run, spec, inputs), expected, 1e-5)
        assert_close(
            gradients(adapter.run, spec, inputs), gradients(reference.run, spec, exact), 1e-4
        )


@pytest.mark.parametrize("cell", CELLS)
def test_without_outputs_the_states_have_gradients(cell):
    spec, inputs = Spec(cell, outputs=False), draw(cell, masked=True)
    assert adapter.run(spec, inputs).hidden is None
    assert_close(
        gradients(adapter.run, spec, inputs), gradients(reference.run, spec, exactly(inputs))
    )


@pytest.mark.parametrize("outputs", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_record_gives_the_residual_and_no_gradient(cell, outputs):
    inputs = draw(cell)
    found = adapter.record(Spec(cell, outputs=outputs), inputs)
    assert (found.hidden is not None) is outputs
    assert (found.residual.gates is not None) is not cell.startswith("Simple")
    assert (found.residual.cells is not None) is (cell in ("LSTM", "GRU"))
    arrays = [found.hidden, *found.states, *found.residual]
    assert not any(array.requires_grad for array in arrays if array is not None)
    if cell == "LSTM":
        assert_close([found.residual.cells[:, :, -1]], [found.states[1]], 1e-6)


def arguments(cell, outputs=True, keep=True, grad=True, D=1, fill="hold", **options):
    inputs = draw(cell, D=D, dropout=True, **options)
    inputs = inputs if grad else plain(inputs)
    chosen = adapter._options(Spec(cell, fill=fill, outputs=outputs))
    return (*adapter._arrays(inputs), *chosen, outputs, keep)


def backward_arguments(cell, wanted=None, **options):
    given = arguments(cell, **options)
    with torch.no_grad():
        hidden, gates, cells, _, c = adapter.FORWARD(*given)
    cotangents = [torch.ones_like(hidden), None, torch.ones_like(c) if cell == "LSTM" else None]
    present = [array is not None for array in given[:6]]
    return (*given[:8], hidden, gates, cells, *cotangents, *given[8:11], wanted or present)


@pytest.mark.parametrize("D", [1, 2])
@pytest.mark.parametrize("grad", [True, False])
@pytest.mark.parametrize("cell", CELLS)
def test_opcheck_of_the_forward_operator(cell, grad, D):
    torch.library.opcheck(adapter.FORWARD, arguments(cell, grad=grad, D=D))
    torch.library.opcheck(adapter.FORWARD, arguments(cell, grad=grad, D=D, keep=False, masked=True))
    torch.library.opcheck(
        adapter.FORWARD, arguments(cell, grad=grad, D=D, keep=False, outputs=False)
    )


@pytest.mark.parametrize("D", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_opcheck_of_the_backward_operator(cell, D):
    some = [False, True, False, False, True, False]
    for options in ({"masked": True}, {"wanted": some}):
        given = backward_arguments(cell, D=D, grad=False, **options)
        torch.library.opcheck(adapter.BACKWARD, given)


@pytest.mark.parametrize("wanted", [None, [False, True, False, False, True, False]])
def test_opcheck_of_the_second_derivative(wanted):
    given = backward_arguments("SimpleRNN tanh", wanted, B=2, T=2, masked=True)
    torch.library.opcheck(adapter.BACKWARD, given)


@pytest.mark.parametrize("dynamic", [False, True])
@pytest.mark.parametrize("cell", ["LSTM", "GRU"])
def test_compiles_into_one_graph_forward_and_training(cell, dynamic):
    torch._dynamo.reset()
    spec = Spec(cell)

    def loss(x, mask, inputs):
        return weighed(results(adapter.run, spec, inputs._replace(x=x, mask=mask)))

    # Every part but code generation, which needs a compiler and minutes.
    compiled = torch.compile(loss, fullgraph=True, dynamic=dynamic, backend="aot_eager")
    for B, T in [(3, 4), (5, 2)]:
        inputs = draw(cell, B=B, T=T, masked=True)
        found = torch.autograd.grad(compiled(inputs.x, inputs.mask, inputs), smooth(inputs))
        assert_close(found, gradients(adapter.run, spec, inputs), 1e-6)
        with torch.no_grad():
            expected = weighed(results(adapter.run, spec, inputs))
            assert_close([compiled(inputs.x, inputs.mask, inputs)], [expected], 1e-6)


def test_autocast_computes_in_float32():
    inputs = mapped(lambda a: a.detach().bfloat16().requires_grad_(), draw("LSTM"))
    wide = mapped(lambda a: a.detach().float().requires_grad_(), inputs)
    with torch.autocast("cpu", torch.bfloat16):
        found = adapter.run(Spec("LSTM"), inputs)
        given = gradients(adapter.run, Spec("LSTM"), inputs)
    assert found.hidden.dtype is torch.float32
    assert_close([found.hidden], [adapter.run(Spec("LSTM"), wide).hidden], 1e-7)
    assert {gradient.dtype for gradient in given} == {torch.bfloat16}
    assert_close(given, gradients(adapter.run, Spec("LSTM"), wide), 1e-2)


def test_the_meta_device_gives_shapes():
    spec, inputs = Spec("LSTM"), draw("LSTM", D=2, masked=True)
    found = results(adapter.run, spec, mapped(lambda array: array.to("meta"), inputs))
    for one, other in zip(found, results(adapter.run, spec, inputs), strict=True):
        assert (one.device.type, one.shape) == ("meta", other.shape)
        assert one.stride() == other.stride()


def test_vmap_runs_one_by_one():
    inputs = plain(draw("GRU", masked=True))
    many = torch.stack([inputs.x, 2 * inputs.x])
    masks = torch.stack([inputs.mask, ~inputs.mask], dim=1)

    def run(x, mask):
        return results(adapter.run, Spec("GRU"), inputs._replace(x=x, mask=mask))

    found = torch.func.vmap(run, in_dims=(0, 1))(many, masks)
    assert_close([array[1] for array in found], run(many[1], masks[:, 1]), 1e-7)


def test_functional_gradients_run_the_equations():
    inputs = plain(draw("LSTM", masked=True))

    def loss(x):
        return weighed(results(adapter.run, Spec("LSTM"), inputs._replace(x=x)))

    found = torch.func.grad(loss)(inputs.x)
    x = inputs.x.clone().requires_grad_()
    assert_close([found], torch.autograd.grad(loss(x), x), 1e-5)
    assert torch.func.vmap(torch.func.grad(loss))(inputs.x[None]).shape == (1, *inputs.x.shape)


@pytest.mark.parametrize("fill", FILLS[:4])  # hold_all is only for what is recorded
@pytest.mark.parametrize("D", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_second_derivatives_are_those_of_the_equations(cell, D, fill):
    spec = Spec(cell, fill=fill)
    inputs = draw(cell, D=D, T=3, masked=True, dropout=True)

    def filled(run, spec, inputs):  # what nothing was filled in is left out
        found = run(spec, inputs)
        real = inputs.mask[:, :, None, None]
        hidden = torch.where(real, found.hidden, 0.0) if fill == "none" else found.hidden
        return found._replace(hidden=hidden)

    found = []
    for run in (adapter.run, reference.run):
        first = gradients(partial(filled, run), spec, inputs, create_graph=True)
        found.append(torch.autograd.grad(weighed(first), smooth(inputs)))
    assert_close(*found)


def test_second_derivatives_are_those_of_finite_differences():
    spec, inputs = Spec("LSTM"), draw("LSTM")
    first = gradients(adapter.run, spec, inputs, create_graph=True)
    second = torch.autograd.grad(weighed(first), smooth(inputs))
    step = 2e-3
    for index, found in enumerate(second):
        along = torch.sign(torch.sin(torch.arange(found.numel()))).reshape(found.shape)
        moved = []
        for sign in (1, -1):
            arrays = [array.detach().clone() for array in smooth(inputs)]
            arrays[index] += sign * step * along
            arrays = [array.requires_grad_() for array in arrays]
            there = inputs._replace(
                **dict(zip(Inputs._fields, arrays[:4], strict=False)), states=tuple(arrays[4:])
            )
            moved.append(weighed(gradients(adapter.run, spec, there)))
        slope = (moved[0] - moved[1]) / (2 * step)
        expected = float((found * along).sum())
        assert float(slope) == pytest.approx(expected, rel=2e-2, abs=2e-2)


def test_third_derivatives_exist():
    spec, inputs, found = Spec("SimpleRNN tanh"), draw("SimpleRNN tanh", T=2), []
    for run in (adapter.run, reference.run):
        first = gradients(run, spec, inputs, create_graph=True)
        second = torch.autograd.grad(weighed(first), smooth(inputs), create_graph=True)
        found.append(torch.autograd.grad(weighed(second), smooth(inputs)))
    assert_close(*found)


def test_derivatives_reach_arrays_made_of_each_other():
    # The kernel is computed from x: its share must not be counted twice.
    spec, inputs, found = Spec("SimpleRNN tanh"), draw("SimpleRNN tanh", B=2, T=1), []
    for run in (adapter.run, reference.run):
        made = inputs._replace(kernel=inputs.kernel * inputs.x.mean())
        loss = weighed(results(run, spec, made))
        first = torch.autograd.grad(loss, [inputs.x, made.kernel], create_graph=True)
        found.append(torch.autograd.grad(weighed(first), inputs.x))
    assert_close(*found)


def test_without_keras_on_torch_second_derivatives_say_what_to_set(monkeypatch):
    inputs = draw("LSTM")
    first = gradients(adapter.run, Spec("LSTM"), inputs, create_graph=True)
    monkeypatch.setattr(keras.backend, "backend", lambda: "jax")
    with pytest.raises(KernelError, match=r"Keras runs on jax\. Set KERAS_BACKEND=torch"):
        torch.autograd.grad(weighed(first), smooth(inputs))


def test_a_gradient_that_was_not_announced_is_computed_again():
    inputs, spec = draw("GRU", masked=True), Spec("GRU")
    given = (*adapter._arrays(inputs), *adapter._options(spec), True, False)
    hidden, gates, _, h, _ = adapter.FORWARD(*given)
    assert gates.numel() == 0
    found = torch.autograd.grad(weighed([hidden, h]), smooth(inputs))
    assert_close(found, gradients(adapter.run, spec, inputs), 1e-7)


def test_nothing_is_kept_where_no_gradient_is_to_come(monkeypatch):
    kept = []
    real = adapter.FORWARD
    monkeypatch.setattr(adapter, "FORWARD", lambda *a: kept.append(a[-1]) or real(*a))
    inputs = draw("LSTM")
    adapter.run(Spec("LSTM"), inputs)
    adapter.run(Spec("LSTM"), plain(inputs))
    with torch.no_grad():
        adapter.run(Spec("LSTM"), inputs)
    # The first meets the operator twice: with its gradient, and below that.
    assert kept == [True, True, False, False]


def test_gradients_that_nobody_wants_are_not_computed(monkeypatch):
    asked = []
    real = adapter.BACKWARD
    monkeypatch.setattr(adapter, "BACKWARD", lambda *a: asked.append(a[-1]) or real(*a))
    inputs = draw("LSTM")
    inputs = inputs._replace(x=inputs.x.detach(), states=plain(inputs).states)
    weighed(results(adapter.run, Spec("LSTM"), inputs)).backward()
    assert asked == [[False, True, True, True, False, False]]
    assert inputs.kernel.grad.abs().sum() > 0


def test_arrays_need_not_be_dense():
    spec, inputs = Spec("LSTM", fill="zero"), draw("LSTM", masked=True)

    def strided(array):
        wide = torch.stack([array.detach(), array.detach()], dim=-1)[..., 0]
        return wide.requires_grad_() if wide.is_floating_point() else wide

    apart = mapped(strided, inputs)
    assert not apart.x.is_contiguous()
    assert not apart.mask.is_contiguous()
    assert_close(results(adapter.run, spec, apart), results(adapter.run, spec, inputs), 0)
    assert_close(gradients(adapter.run, spec, apart), gradients(adapter.run, spec, inputs), 0)


def test_dense_arrays_are_not_copied(monkeypatch):
    inputs, seen = draw("LSTM", masked=True), {}
    call = adapter.library.Call
    monkeypatch.setattr(
        adapter.library, "Call", lambda *a, **named: seen.update(named) or call(*a, **named)
    )
    adapter.run(Spec("LSTM"), inputs)
    assert seen["x"] == inputs.x.data_ptr()
    assert seen["mask"] == inputs.mask.data_ptr()
    assert seen["recurrent"] == inputs.recurrent_kernel.data_ptr()


def test_threads_are_those_of_torch_up_to_the_bound(monkeypatch):
    before = torch.get_num_threads()
    try:
        torch.set_num_threads(3)
        monkeypatch.delenv("GATEWISE_THREADS", raising=False)
        assert adapter.threads() == 3
        monkeypatch.setenv("GATEWISE_THREADS", "2")
        assert adapter.threads() == 2
        monkeypatch.setenv("GATEWISE_THREADS", "8")
        assert adapter.threads() == 3
    finally:
        torch.set_num_threads(before)


@pytest.mark.parametrize(
    ("name", "change", "message"),
    [
        ("x", lambda x: x.double(), r"x: expected torch\.float32, got torch\.float64"),
        ("kernel", lambda kernel: kernel[:, :1], r"kernel: expected .* \(1, 2, 12\), got .*1, 1"),
        ("mask", lambda _: torch.ones(3, 4), r"mask: expected torch\.bool, got torch\.float32"),
        ("mask", lambda _: torch.ones(3, 5).bool(), r"mask: expected .* \(3, 4\), got .*\(3, 5\)"),
        ("states", lambda states: states[:1], r"initial_state: expected \(h, c\) for an LSTM"),
        ("bias", lambda bias: bias[:, 1:], r"bias: expected .* \(1, 12\), got \(1, 11\)"),
    ],
)
def test_arrays_that_do_not_fit_are_named(name, change, message):
    inputs = draw("LSTM")
    with pytest.raises(ArgumentError, match=message):
        adapter.run(Spec("LSTM"), inputs._replace(**{name: change(getattr(inputs, name))}))


def test_what_was_kept_must_fit_too():
    given = list(backward_arguments("LSTM"))
    given[9] = given[9][:, :1]
    with pytest.raises(ArgumentError, match=r"gates: expected .* \(1, 3, 4, 12\), got .*1, 1, 4"):
        adapter.BACKWARD(*given)


def test_the_library_ran(core):
    before = core.counts()
    gradients(adapter.run, Spec("LSTM"), draw("LSTM"))
    after = core.counts()
    assert (after["forward"], after["backward"]) == (before["forward"] + 1, before["backward"] + 1)


def test_a_module_trains_as_torch_does():
    """A whole step by torch's optimizer, weights shared by reference."""
    torch.manual_seed(0)
    module = torch.nn.RNN(2, 3, batch_first=True)
    x = torch.randn(4, 5, 2)
    kernel, recurrent, *biases = [parameter.detach() for parameter in module.parameters()]
    ours = [w.T[None].clone().requires_grad_() for w in (kernel, recurrent)]
    ours.append(sum(biases)[None].clone().requires_grad_())
    inputs = Inputs(x, *ours, (torch.zeros(1, 4, 3),))
    module(x)[0].square().sum().backward()
    adapter.run(Spec("SimpleRNN tanh"), inputs).hidden.square().sum().backward()
    expected = [p.grad for p in module.parameters()]
    np.testing.assert_allclose(ours[0].grad[0].T, expected[0], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours[1].grad[0].T, expected[1], rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(ours[2].grad[0], expected[2], rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_forward_mode_runs_the_equations(cell):
    spec, inputs = Spec(cell), plain(draw(cell))

    def outputs(run):
        return lambda x: run(spec, inputs._replace(x=x)).hidden

    x, direction = inputs.x, torch.ones_like(inputs.x)
    _, expected = torch.func.jvp(outputs(reference.run), (x,), (direction,))
    _, found = torch.func.jvp(outputs(adapter.run), (x,), (direction,))
    assert_close(found, expected)
    with torch.autograd.forward_ad.dual_level():
        dual = outputs(adapter.run)(torch.autograd.forward_ad.make_dual(x, direction))
        assert_close(torch.autograd.forward_ad.unpack_dual(dual).tangent, expected)


def test_checkpointing_computes_the_same_gradients():
    from torch.utils.checkpoint import checkpoint

    spec, inputs = Spec("LSTM"), draw("LSTM")

    def loss(*arrays):
        return adapter.run(spec, inputs._replace(x=arrays[0])).hidden.sum()

    (expected,) = torch.autograd.grad(loss(inputs.x), inputs.x)
    (found,) = torch.autograd.grad(checkpoint(loss, inputs.x, use_reentrant=False), inputs.x)
    assert_close(found, expected)
