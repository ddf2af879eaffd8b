"""`linkstar demo`: the sample marketplace, ready to look at."""

from typing import Annotated, Any

import typer

from linkstar.cli.exits import ExitCode, Refused
from linkstar.cli.output import Bar, Output
from linkstar.cli.words import gettext as _
from linkstar.cli.words import spoken_code


def demo(
    output: Output,
    *,
    scale: Annotated[
        int, typer.Option(min=1, max=100, help=_("Multiplies 10 million impressions, up to 100."))
    ] = 1,
    seed: Annotated[int, typer.Option(help=_("Another seed, another marketplace."))] = 0,
    small: Annotated[
        bool, typer.Option("--small", help=_("A fifth of it, in a fraction of the time."))
    ] = False,
) -> ExitCode:
    """Set up the sample marketplace; a second run finds it there and changes nothing."""
    from linkstar.cli.installation import migrate, now, prepare

    places = prepare()
    migrate()
    from linkstar.sample import actions
    from linkstar.sample.market import SMALL, Size
    from linkstar.sample.plan import SEED

    with output.progress(_("Setting up the sample marketplace")) as bar:
        try:
            sample = actions.set_up_sample(
                actions.SamplePlaces(places.data, places.lake, places.collector),
                now=now(),
                scale=scale,
                seed=seed or SEED,
                size=SMALL if small else Size(),
                language=spoken_code(),
                beside_others=output.agreed,
                progress=_reporter(output, bar),
            )
        except actions.InstallationInUse as used:
            raise Refused(
                ExitCode.CONFLICT,
                "installation_in_use",
                _("People already work in this installation."),
                _(
                    "Give --yes to put the sample beside their data, or name another folder in "
                    "LINKSTAR_DATA."
                ),
            ) from used
    _report(output, sample, places.data)
    return ExitCode.OK


def _reporter(output: Output, bar: Bar) -> Any:
    sentences = {
        "people": _("Opening shops and workspaces"),
        "events": _("Tracking impressions and clicks"),
        "rollups": _("Adding up days"),
        "benchmark": _("Building the benchmark"),
        "files": _("Writing export files"),
        "orders": _("Taking orders in and working out commission"),
    }
    told: set[str] = set()

    def report(step: str, done: int, total: int) -> None:
        if step not in told:
            told.add(step)
            output.explain(sentences[step])
        bar(done, total)

    return report


def _report(output: Output, sample: Any, data: Any) -> None:
    if output.form == "json":
        output.document(
            {
                "version": 1,
                "created": sample.created,
                "data": str(data),
                "seed": sample.plan.seed,
                "scale": sample.plan.scale,
                "until": sample.plan.now.isoformat(),
                "email": sample.owner,
                "viewer": sample.viewer,
                "creator": sample.creator,
                "password": sample.password,
                "files": str(data / "sample-files"),
            }
        )
        return
    there = (
        _("The sample marketplace is ready.")
        if sample.created
        else _("The sample marketplace is there already.")
    )
    output.say(there)
    output.say(
        _(
            "Sign in as {email}, as {viewer}, who may only look, or as the creator {creator}."
        ).format(email=sample.owner, viewer=sample.viewer, creator=sample.creator)
    )
    if sample.password:
        output.line(_("Password: {password}").format(password=sample.password))
    output.say(
        _("Export files to try the import with: {folder}").format(folder=data / "sample-files")
    )
