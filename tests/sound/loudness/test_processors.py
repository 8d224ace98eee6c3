"""What is measured and decided is the same on every processor, to the last bit: with numpy's code for each kind, with
that of the matrix library under it, and by the whole Python on processors that qemu makes.
"""

from __future__ import annotations

import ast
import math
import platform
import re
from functools import cache
from pathlib import Path

import numpy as np
import pytest

import builder
from builder.sound.loudness.decibels import factor_of, level_of, levels_of, power_of
from builder.sound.loudness.exact import MOST_UNITS, TABLE_STEPS, in_steps, unit_of
from builder.sound.loudness.kweight import KWeighting, _tables
from builder.sound.loudness.meter import _BETWEEN_STEPS
from tests.processors import EMULATED, python

# What a C library or numpy computes by code that is chosen by the processor.
_CHOSEN = re.compile(
    r"(?!logical_)(log|exp|pow|sin|cos|tan|arc|sinh|hypot|cbrt|erf|gamma|dot|vdot|inner|outer|matmul|tensordot|einsum|interp|convolve|"
    r"correlate|cov|linalg|fft|i0|sinc|hanning|hamming|blackman|kaiser|logspace|geomspace|sumprod|dist)\w*"
)
# Exact products; what lengths of chapters and the numbers of a cover are judged by, which decides no byte, and powers
# of whole numbers.
_MATRICES = {"sound/loudness/kweight.py", "sound/loudness/meter.py"}
_HARMLESS = {"card/blocks.py", "sources/lengths.py", "plan/partition.py"}
_SCRIPT = Path(__file__).with_name("measured.py")
_RATES = [8000, 11025, 12000, 16000, 22050, 24000, 32000, 44100, 48000, 96000]
_FOUND = np.show_config(mode="dicts")["SIMD Extensions"].get("found", [])  # beyond what every processor has


@cache
def _here() -> tuple[str, str]:
    return _split(python(_SCRIPT))


def _split(said: str) -> tuple[str, str]:
    """The numbers, and the control."""
    numbers, control = said.strip().rsplit(" ", 1)
    return numbers, control


@pytest.mark.skipif(not _FOUND, reason="numpy has one code for all processors of this kind")
def test_numpys_code_for_the_processor_changes_nothing() -> None:
    said = [
        _split(python(_SCRIPT, environment={"NPY_DISABLE_CPU_FEATURES": " ".join(_FOUND[at:])}))
        for at in range(len(_FOUND))
    ]
    assert {numbers for numbers, _ in said} == {_here()[0]}
    assert len({control for _, control in [*said, _here()]}) > 1, "the control is the same: nothing was tried"


@pytest.mark.skipif(platform.machine() not in ("x86_64", "AMD64"), reason="processors of x86-64")
def test_the_matrix_librarys_code_for_the_processor_changes_nothing() -> None:
    cores = ("Prescott", "Nehalem", "Sandybridge", "Haswell", "Zen", "SkylakeX")
    said = [_split(python(_SCRIPT, environment={"OPENBLAS_CORETYPE": core})) for core in cores]
    assert {numbers for numbers, _ in said} == {_here()[0]}
    assert len({control for _, control in said}) > 1, "the control is the same: nothing was tried"


@pytest.mark.parametrize("processor", EMULATED)
def test_another_processor_measures_and_decides_the_same(processor: str) -> None:
    numbers, control = _split(python(_SCRIPT, processor=processor))
    assert numbers == _here()[0]
    assert control != _here()[1] or not _FOUND


def test_nothing_is_computed_by_code_that_is_chosen_by_the_processor() -> None:
    root = Path(builder.__file__).parent
    found = {
        f"{name}:{node.lineno}"
        for path in root.rglob("*.py")
        if (name := path.relative_to(root).as_posix()) not in _HARMLESS
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.expr) and _is_chosen(node, may_multiply=name in _MATRICES)
    }
    assert found == set()


def _is_chosen(node: ast.expr, *, may_multiply: bool) -> bool:
    """Whether it is a function of numpy or of the C library, a matrix product, a power but of whole numbers, or an
    order in which equal values may come in any.
    """
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and "argsort" in node.func.attr:
        return not any(one.arg == "kind" and ast.unparse(one.value) == "'stable'" for one in node.keywords)
    if (
        isinstance(node, ast.Attribute)
        and isinstance(node.value, ast.Name)
        and node.value.id in ("np", "math")
    ):
        is_product = may_multiply and node.attr == "matmul"
        return bool(_CHOSEN.fullmatch(node.attr)) and not is_product
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.MatMult):
        return not may_multiply
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Pow):
        return not all(isinstance(side, ast.Constant) for side in (node.left, node.right))
    return False


@pytest.mark.parametrize("rate", _RATES)
def test_the_filters_products_are_exact(rate: int) -> None:
    """As great as its sums can become with samples of full scale, they need no more than 53 bits."""
    tables = _tables(rate)
    most = _most_state(rate)
    own = np.abs(tables.answer[: tables.block]).sum(axis=0) + most @ np.abs(tables.answer[tables.block :])
    to_state = np.abs(tables.to_state).sum(axis=0)
    later = np.max([most @ np.abs(one) for one in tables.later], axis=0)
    for sums in (own, to_state, later):
        assert sums.max() / TABLE_STEPS < MOST_UNITS / 1.5


def _most_state(rate: int) -> np.ndarray:
    """How great each state can become: the sum of the magnitudes of what one sample leaves in it."""
    tables = _tables(rate)
    states, total = tables.to_state[::-1] / TABLE_STEPS, 0.0
    for _ in range(rate // tables.block):
        total += np.abs(states).sum(axis=0)
        states = states @ (tables.later[0] / TABLE_STEPS)
    return np.asarray(total)


def test_the_interpolators_products_are_exact() -> None:
    assert np.abs(_BETWEEN_STEPS).sum(axis=0).max() / TABLE_STEPS < MOST_UNITS / 1.5


def test_a_product_does_not_depend_on_the_order_of_its_sums() -> None:
    """The property behind it all: the greatest sums, added up forwards, backwards and without rounding at all."""
    tables = _tables(44100)
    worst = np.sign(tables.answer[:, -1]) * (2.0**23 - 1)
    terms = [int(a) * int(b) for a, b in zip(worst, tables.answer[:, -1], strict=True)]
    forwards = backwards = 0.0
    for term, last in zip(terms, reversed(terms), strict=True):
        forwards, backwards = forwards + float(term), backwards + float(last)
    assert forwards == backwards == sum(terms) == (worst @ tables.answer)[-1]


def test_a_faulty_recording_far_above_full_scale_is_measured_like_another() -> None:
    sound = np.random.default_rng(1).normal(0, 0.1, 44100).astype(np.float32)
    sound[30000] = 1.0  # the unit grows on the way
    scale = np.float32(2**15)
    assert np.abs(in_steps(sound * scale, unit_of(sound * scale))).max() <= 2**23
    whole, loud = KWeighting(44100), KWeighting(44100)
    first = np.concatenate([whole.filter(piece).copy() for piece in np.split(sound, 4)])
    second = np.concatenate([loud.filter(piece * scale).copy() for piece in np.split(sound, 4)])
    assert second / scale == pytest.approx(first, abs=5e-6)


def test_decibels_are_those_of_the_c_library_but_for_the_last_bits() -> None:
    powers = 10 ** np.random.default_rng(1).uniform(-20, 12, 20000)
    assert levels_of(powers) == pytest.approx(10 * np.log10(powers), rel=1e-14, abs=1e-14)
    assert levels_of(np.array([1.0, 2.0, 0.5])).tolist() == [0.0, 3.010299956639812, -3.010299956639812]
    assert level_of(0.0) == -math.inf
    for level in (-96.35, -20.0, -0.05, 0.0, 0.05, 10.0, 33.3):
        assert power_of(level) == pytest.approx(10 ** (level / 10), rel=1e-15)
        assert factor_of(level) == pytest.approx(10 ** (level / 20), rel=1e-15)
    assert (factor_of(0.0), factor_of(20.0), power_of(-50.0)) == (1.0, 10.0, 1e-5)
