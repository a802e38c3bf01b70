"""The agreement of a patch network's file with Keras, in each runtime."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from convert import timing
from convert.formats.forms import Form
from convert.patch_networks.trained_patches import TrainedPatches
from edge_app.common.errors import ConversionError
from edge_app.model import runtime

# By a form's numbers: of patches with a clear label int8 may change one in 200, and no
# logit's error may have more than this root mean square. Of the shipped network's none
# of 2,649 changed, and the error is 0.07.
_LEAST_SAME = {"int8": 0.995, "float32": 1.0}
_MOST_ERROR = {"int8": 0.2, "float32": 0.001}


@dataclass(frozen=True)
class PatchAgreementConstants:
    """Patches that are compared.

    Attributes:
        patches_a_batch: That a network looks at together.
        clear_lead_logits: By which a patch's likeliest label leads the next, for the
            patch to count: Keras' own rounding decides the others.
        fewest_clear: Patches with a clear label: of fewer one alone is the most that
            may change.
    """

    patches_a_batch: int = 256
    clear_lead_logits: float = 1.0
    fewest_clear: int = 100


_PATCH_AGREEMENT = PatchAgreementConstants()


@dataclass(frozen=True)
class PatchAgreement:
    """A file against Keras in one runtime.

    Attributes:
        runtime: What executed it.
        num_patches: Those with a clear label.
        same_labels: Share of them given the same label.
        error: Root mean square of the logits' differences.
        latency_us: Median of one patch here, one thread.
    """

    runtime: str
    num_patches: int
    same_labels: float
    error: float
    latency_us: float

    def __str__(self) -> str:
        """Return the figures in a few words."""
        return (
            f"in {self.runtime}: {self.same_labels:.2%} of Keras' {self.num_patches} "
            f"clear labels, logits differ by {self.error:.3f}, "
            f"{self.latency_us:.0f} us a patch"
        )


class PatchVerifier:
    """Compares files with one network of patches."""

    def __init__(self, trained: TrainedPatches) -> None:
        """Let Keras look at the patches."""
        self._inputs = trained.verification
        self._num_distinct = trained.inputs.num_distinct
        self._expected = np.asarray(
            trained.model.predict(
                self._inputs, batch_size=_PATCH_AGREEMENT.patches_a_batch, verbose=0
            ),
            np.float32,
        )

    def __call__(self, name: str, content: bytes, form: Form) -> list[PatchAgreement]:
        """Return a file's figures in each runtime that is installed.

        Raises:
            ConversionError: It differs too much, or nothing here can run it.
        """
        found = []
        for engine in runtime.installed():
            if runtime.RUNTIMES[engine].suffix != form.suffix:
                continue
            model = runtime.load(Path(name), content, runtime=engine)
            found.append(self._compared(model))
            _check(name, found[-1], form)
        if not found:
            raise ConversionError(f"{name}: no installed runtime can verify it")
        return found

    def _compared(self, model: runtime.Model) -> PatchAgreement:
        size = _PATCH_AGREEMENT.patches_a_batch
        logits = np.concatenate(
            [
                model(self._inputs[start : start + size])
                for start in range(0, len(self._inputs), size)
            ]
        )
        ordered = np.sort(self._expected, axis=1)
        lead = ordered[:, -1] - ordered[:, -2]
        is_clear = lead >= _PATCH_AGREEMENT.clear_lead_logits
        same = self._labels(logits) == self._labels(self._expected)
        one = self._inputs[:1]
        return PatchAgreement(
            runtime=model.runtime,
            num_patches=int(is_clear.sum()),
            same_labels=float(same[is_clear].mean()) if is_clear.any() else 1.0,
            error=float(np.sqrt(np.mean((logits - self._expected) ** 2))),
            latency_us=timing.median_us(lambda: model(one)),
        )

    def _labels(self, logits: NDArray[np.float32]) -> NDArray[np.int64]:
        """Return what reading tells of each; what it does not tell apart is one."""
        return np.asarray(
            np.minimum(logits.argmax(axis=1), self._num_distinct), np.int64
        )


def _check(name: str, found: PatchAgreement, form: Form) -> None:
    fewest = _PATCH_AGREEMENT.fewest_clear
    if found.num_patches < fewest:
        raise ConversionError(
            f"{name}: Keras gives {found.num_patches} patches a clear label, at least "
            f"{fewest} must be compared; train longer"
        )
    least, most = _LEAST_SAME[form.numbers], _MOST_ERROR[form.numbers]
    if found.same_labels < least or found.error > most:
        raise ConversionError(
            f"{name} {found}; at least {least:.2%} and at most {most} expected; not "
            "published"
        )
