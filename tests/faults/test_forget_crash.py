"""Kill -9 at every statement and every step on the disk while somebody is forgotten, and again while it is gone on with.

Whatever the point: after the next run nothing of her is left on the disk, everybody else is as they were, and nobody ever writes to her.
All points are tried once, and a sample of the pairs; `BOUNCER_CRASH_PAIRS=20000` tries more, `BOUNCER_SEED` another sample.
"""

import os
import random
import resource
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.build import AT
from support.canary import CANARIES, WITHOUT, Home, furnish, traces
from support.deadly import Points, traced, watch_disk
from support.pictures import judged, pictures, scratch
from support.processes import in_child

from bouncer.daemon import forgetting
from bouncer.edge.ledger import SqliteLedger
from bouncer.edge.state import sweep_state
from bouncer.errors import StorageFault
from bouncer.model import Traces
from bouncer.ports import Contacts

SEED = int(os.environ.get("BOUNCER_SEED", "1"))
PAIRS = int(os.environ.get("BOUNCER_CRASH_PAIRS", "40"))
HER = CANARIES[0]

Way = Callable[[SqliteLedger, Contacts, Home, Traces], None]


def honest(ledger: SqliteLedger, contacts: Contacts, home: Home, hers: Traces) -> None:
    """Forget her as the command does."""
    forgetting.forget(ledger, contacts, home.state, hers, AT)


def notes_too_early(ledger: SqliteLedger, contacts: Contacts, home: Home, hers: Traces) -> None:
    """Say that it is done, and then do it."""
    number, _ = ledger.forget(hers, AT)
    ledger.wipe(number)
    contacts.forget(hers)
    sweep_state(home.state, hers)


def forget_in(home: Home, way: Way, point: Points, hers: Traces) -> None:
    """Go on with what was begun, then forget her where she is still known: what the command does, in either order of death."""
    watch_disk(point, home.root)
    with traced(point):
        ledger = home.ledger()
    contacts = home.contacts()
    tuple(forgetting.complete(ledger, contacts, home.state))
    if ledger.person(HER):
        way(ledger, contacts, home, hers)
    ledger.close()


def start_in(home: Home, point: Points) -> None:
    """Go on with what was begun: what a starting daemon does."""
    watch_disk(point, home.root)
    with traced(point):
        ledger = home.ledger()
    tuple(forgetting.complete(ledger, home.contacts(), home.state))
    ledger.close()


@pytest.fixture(scope="module")
def furnished() -> Iterator[tuple[Path, Traces]]:
    """Give a home to be copied, and what she is known by in it."""
    with scratch() as root:
        home = furnish(Path(root))
        assert len(home.remains()) > 4
        yield home.root, traces(home)


def survives(furnished: tuple[Path, Traces], deadly: tuple[int, ...], way: Way = honest) -> tuple[list[str], int]:
    """Forget her, killed at each point of *deadly* in turn (the second in a daemon's start), then to the end; gives what is wrong."""
    template, hers = furnished
    with scratch() as root:
        home = Home(Path(root) / "home")
        shutil.copytree(template, home.root)
        kills = 0
        for point, act in zip(deadly, (lambda p: forget_in(home, way, p, hers), lambda p: start_in(home, p)), strict=False):
            kills += in_child(lambda point=point, act=act: act(Points(point))) == -signal.SIGKILL  # type: ignore[misc]
        return goes_on(home, hers, way), kills


def goes_on(home: Home, hers: Traces, way: Way = honest) -> list[str]:
    """Forget her to the end whatever was done in *home* before, and once more; gives what is wrong."""
    assert in_child(lambda: forget_in(home, way, Points(), hers)) == 0
    wrong = faults_in(home)
    before = home.file.stat().st_mtime_ns, sorted(path.name for path in (home.state / "history").iterdir())
    assert in_child(lambda: forget_in(home, way, Points(), hers)) == 0
    if before != (home.file.stat().st_mtime_ns, sorted(path.name for path in (home.state / "history").iterdir())):
        wrong.append("a run with nothing to do did something")
    return wrong


def left_by_kills(furnished: tuple[Path, Traces], way: Way = honest) -> list[tuple[str, list[str]]]:
    """Give for each point of a run what happens there, and what is wrong after a kill at it."""
    template, hers = furnished
    with scratch() as root:
        home = Home(Path(root) / "home")
        shutil.copytree(template, home.root)
        left = pictures(home.root, lambda pause: forget_in(home, way, Points(pause=pause), hers))
    wrong = judged(left, lambda place: goes_on(Home(place), hers, way))
    print(f"{len(left)} points, {len({shown.digest for shown in left})} of them different")
    return [(shown.what, said) for shown, said in zip(left, wrong, strict=True)]


def faults_in(home: Home) -> list[str]:
    """Give every promise that is broken."""
    ledger = home.ledger()
    known = ledger.person(HER), ledger.forgetting()
    found = {
        f"left of her: {home.remains()}": home.remains() == [],
        f"the file says {home.file.read_text()!r}": home.file.read_text() == WITHOUT,
        f"still known or open: {known}": known == (None, ()),
        "not on the list": ledger.is_forgotten(HER.upper()) and ledger.is_forgotten(CANARIES[1].replace("canary", "jane.canary")),
        "others lost": ledger.person("bob@bolt.example") is not None and ledger.person("kim@home.example") is not None,
        "their events": [e.name for e in ledger.events() if e.name] == ["Kim Bystander"] * 2 + ["Bob Best"] * 4,
        "the database": ledger._database._connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)],
        "strays": [p.name for p in home.root.iterdir()] in (["contacts.yaml", "state"], ["state", "contacts.yaml"]),
    }
    ledger.close()
    return [promise for promise, kept in found.items() if not kept]


def points(furnished: tuple[Path, Traces], way: Way = honest) -> list[str]:
    """Give what happens at each point of an undisturbed run."""
    template, hers = furnished
    with scratch() as root:
        home, said = Home(Path(root) / "home"), Path(root) / "trace"
        shutil.copytree(template, home.root)

        def act() -> None:
            point = Points(trace=[])
            forget_in(home, way, point, hers)
            said.write_text("\n".join(what.replace("\n", " ") for what in point.trace or []))

        assert in_child(act) == 0
        return said.read_text().split("\n")


def test_nobody_disturbs_it_and_nothing_is_left(furnished: tuple[Path, Traces]) -> None:
    """The control: it can be done, and the points cover ledger, contact file, history, state directory and the wiping."""
    assert survives(furnished, ()) == ([], 0)
    trace = points(furnished)
    for part in (
        "INSERT INTO forgotten",
        "UPDATE event",
        "ctypes.dlsym renameat2",
        "os.remove",
        "VACUUM",
        "PRAGMA wal_checkpoint",
        "DELETE FROM forgetting",
    ):
        assert any(part in what for what in trace), part
    assert any("status.json" in what for what in trace)
    assert any("history" in what and "os.rename" in what for what in trace)
    print(f"{len(trace)} points")
    assert len(trace) > 100


def test_killed_at_any_point_the_next_run_leaves_nothing_of_her(furnished: tuple[Path, Traces]) -> None:
    """Every single point: what a kill there leaves is gone on from, once for all points at which that is the same."""
    found = left_by_kills(furnished)
    for point, (what, wrong) in enumerate(found, start=1):
        assert not wrong, f"killed at point {point} ({what!r}): {wrong}"
    assert len(found) == len(points(furnished))


def test_killed_again_while_a_daemon_goes_on_with_it_nothing_is_left_either(furnished: tuple[Path, Traces]) -> None:
    """A sample of all pairs of points."""
    total, chosen = len(points(furnished)), random.Random(SEED)  # noqa: S311 - a sample, not a secret
    killed = 0
    for _ in range(PAIRS):
        pair = (chosen.randint(1, total), chosen.randint(1, total // 2))
        wrong, kills = survives(furnished, pair)
        assert not wrong, f"BOUNCER_SEED={SEED}, killed at {pair}: {wrong}"
        killed += kills
    print(f"{PAIRS} pairs of {total} points, {killed} kills")
    assert killed > PAIRS


def test_whichever_write_the_disk_refuses_the_next_run_leaves_nothing_of_her(furnished: tuple[Path, Traces]) -> None:
    """Files of at most so many bytes, ever more of them: it is said in a sentence, and with room again all is done."""
    template, hers = furnished
    said = 0
    for limit in range(0, 400_000, 6144):
        with scratch() as root:
            home = Home(Path(root) / "home")
            shutil.copytree(template, home.root)
            status = in_child(lambda home=home, limit=limit: _in_room(home, limit, hers))  # type: ignore[misc]
            assert status in (0, 3), f"limit {limit}"
            said += status == 3
            assert in_child(lambda home=home: forget_in(home, honest, Points(), hers)) == 0  # type: ignore[misc]
            assert faults_in(home) == [], f"limit {limit}"
            if status == 0:
                break
    print(f"{said} failing writes")
    assert said > 20


def _in_room(home: Home, limit: int, hers: Traces) -> None:
    """Forget her with files of at most *limit* bytes; ends the process with 3 where it was said that the disk fails."""
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    try:
        forget_in(home, honest, Points(), hers)
    except StorageFault:
        os._exit(3)


def test_the_harness_catches_a_way_that_says_too_early_that_it_is_done(furnished: tuple[Path, Traces]) -> None:
    """Without this it would prove nothing."""
    found = left_by_kills(furnished, notes_too_early)
    begun = next(n for n, (what, _) in enumerate(found) if "DELETE FROM forgetting" in what)
    wrong = [said for _, several in found[begun + 1 :] for said in several]
    assert any(said.startswith("left of her") for said in wrong)
    assert any(said.startswith("the file says") for said in wrong)
