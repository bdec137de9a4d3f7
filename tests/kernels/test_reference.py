"""The equations in the place of a kernel; native kernels are held to them elsewhere."""

from keras import ops

from gatewise.kernels import reference
from gatewise.kernels.contract import Inputs, Spec


def test_the_equations_as_a_kernel_equal_a_cell_by_hand():
    ones = ops.ones((1, 1, 1))
    found = reference.run(
        Spec("SimpleRNN relu", fill="zero"),
        Inputs(
            ops.ones((1, 3, 1)),
            ones,
            ones,
            None,
            (ops.zeros((1, 1, 1)),),
            ops.array([[True, False, True]]),
            2 * ops.ones((1, 1, 1, 1)),
        ),
    )
    assert ops.convert_to_numpy(found.hidden).ravel().tolist() == [1, 0, 3]
