"""The command ``python -m convert``."""

import json
import platform
import sys
from argparse import Namespace
from collections.abc import Sequence
from datetime import date
from functools import partial
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from convert import conversion_options
from edge_app.cli import commands
from edge_app.common import files
from edge_app.common.option_fields import values_of
from edge_app.common.process import environment
from edge_app.common.process.quiet import quiet
from train.fit import backend

if TYPE_CHECKING:
    from convert.formats.forms import Form
    from convert.pipeline import Outcome
    from convert.source.model_source import ConversionSource
    from convert.verify import Verification


def main(argv: Sequence[str] | None = None) -> int:
    """Convert a model and verify each form, or say what is in a model file."""
    environment.prepare()
    words = sys.argv[1:] if argv is None else list(argv)
    if words[:1] == ["inspect"]:
        arguments = conversion_options.inspect_parser().parse_args(words[1:])
        return commands.exit_status(
            lambda: _inspect(arguments), prog="convert inspect", install="--group train"
        )
    arguments = conversion_options.parser().parse_args(words)
    start = _convert
    if arguments.untrusted:
        trusted = [word for word in words if word != "--untrusted"]
        start = partial(_convert_in_child, trusted)
    return commands.exit_status(
        lambda: start(arguments), prog="convert", install="--group train"
    )


def _inspect(arguments: Namespace) -> int:
    from convert.inspect import inspection, sandbox
    from edge_app.common.errors import EdgeDigitsError

    if arguments.untrusted:
        answers = sandbox.inspected(
            arguments.files,
            limits=sandbox.Limits(arguments.memory_limit, arguments.time_limit),
            sha256=arguments.sha256,
        )
    else:
        answers = (
            sandbox.Answer(path, value=(path, arguments.sha256))
            for path in arguments.files
        )
    failed = False
    for answer in answers:
        try:
            if answer.error:
                raise EdgeDigitsError(answer.error)
            found = answer.value
            if not arguments.untrusted:
                content = inspection.read_checked(answer.path, sha256=arguments.sha256)
                found = inspection.describe(answer.path, content)
        except EdgeDigitsError as error:
            failed = True
            commands.print_error(error, prog="convert inspect")
            continue
        print(json.dumps(found) if arguments.json else inspection.text(found) + "\n")
    return int(failed)


def _convert_in_child(words: Sequence[str], arguments: Namespace) -> int:
    from convert.inspect import sandbox

    limits = sandbox.Limits(arguments.memory_limit, arguments.time_limit)
    return sandbox.convert(words, arguments.model, limits=limits)


def _convert(arguments: Namespace) -> int:
    from convert.formats import forms

    wanted = forms.chosen(arguments.to)
    backend.start()
    with quiet():
        from convert.page_network import trained
        from convert.patch_networks import trained_patches

    if trained.arch_of(arguments.model) is not None:
        return _convert_page_network(arguments, wanted)
    if (arch := trained_patches.arch_of_run(arguments.model)) is not None:
        return _convert_patch_network(arguments, arch, wanted)
    with quiet():
        from convert import pipeline
        from convert.report import comparison
        from convert.source import model_source as source

    found = source.read(
        arguments.model,
        conversion_options.image_options(arguments),
    )
    outcome = pipeline.convert(
        found,
        wanted,
        arguments.out,
        conversion_options.verification_options(arguments),
        _say,
    )
    if outcome.rows:
        print(f"\n{comparison.table(outcome.rows)}\n")
        print(comparison.advice_text(comparison.advice(outcome.rows)))
    page = arguments.page or _page_beside(arguments.model)
    _write_page(page, found, outcome)
    return _ended(outcome, wanted, arguments, f", compared in {page}")


def _convert_page_network(arguments: Namespace, wanted: "list[Form]") -> int:
    from convert.page_network import trained

    conversion_options.check_for_page_network(arguments)
    with quiet():
        from convert.page_network import conversion

    found = trained.read(
        arguments.model,
        conversion_options.SceneOptions(
            **values_of(conversion_options.SceneOptions, arguments)
        ),
    )
    return _published(conversion, found, wanted, arguments)


def _convert_patch_network(
    arguments: Namespace, arch: str, wanted: "list[Form]"
) -> int:
    from convert.patch_networks import trained_patches

    conversion_options.check_for_page_network(arguments)
    with quiet():
        from convert.patch_networks import patch_conversion

    found = trained_patches.read(
        arguments.model,
        arch,
        conversion_options.SampleOptions(
            **values_of(conversion_options.SampleOptions, arguments)
        ),
    )
    return _published(patch_conversion, found, wanted, arguments)


def _published(
    conversion: ModuleType, trained: Any, wanted: "list[Form]", arguments: Namespace
) -> int:
    """Convert a network that is no classifier; return the exit status.

    Args:
        conversion: The module with `convert` and `table` for such networks.
        trained: What its `convert` takes.
        wanted: The forms.
        arguments: What was asked for.
    """
    outcome = conversion.convert(
        trained,
        wanted,
        arguments.out,
        conversion_options.verification_options(arguments).onnx,
        _say,
    )
    if outcome.rows:
        print(f"\n{conversion.table(outcome.rows)}\n")
    return _ended(outcome, wanted, arguments, "")


def _say(line: str) -> None:
    print(line, flush=True)


def _ended(
    outcome: "Outcome[Any]", wanted: "list[Form]", arguments: Namespace, where: str
) -> int:
    for failure in outcome.failures:
        commands.print_error(failure, prog="convert")
    print(f"{len(outcome.rows)} of {len(wanted)} forms are in {arguments.out}{where}")
    return int(bool(outcome.failures))


def _write_page(
    path: Path, source: "ConversionSource", outcome: "Outcome[Verification]"
) -> None:
    from convert.report import comparison
    from convert.report import comparison_page as page

    model = source.model
    summary = (
        f"{model.count_params():,} parameters, input "
        f"{'x'.join(map(str, model.input_shape[1:]))}, {len(source.labels)} outputs; "
        f"verified on {len(source.test):,} test images; measured on one thread of "
        f"{platform.processor() or platform.machine()}, {date.today().isoformat()}."
    )
    text = page.html(
        source.name,
        summary,
        outcome.rows,
        comparison.advice(outcome.rows),
        labels=source.labels,
        failures=outcome.failures,
    )
    files.write_bytes(path, text.encode())


def _page_beside(model: Path) -> Path:
    if model.is_dir():
        return model / "conversion.html"
    return model.with_name(f"{model.stem}-conversion.html")


if __name__ == "__main__":
    raise SystemExit(main())
