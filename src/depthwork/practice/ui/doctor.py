"""What is unsafe or unfinished about this installation. `serve` refuses to start on some of it, `doctor` says all."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection

from depthwork.practice.audit.chain import verify
from depthwork.practice.audit.models import Event
from depthwork.practice.config.database import sqlite_is_fixed
from depthwork.practice.keeping import diary
from depthwork.practice.keeping.places import put_aside
from depthwork.practice.keeping.recipients import place as chosen_for_backups
from depthwork.practice.keeping.recipients import recipients
from depthwork.practice.people.models import Practice
from depthwork.practice.policy.registry import undeclared
from depthwork.practice.policy.second_factor import staff_without
from depthwork.practice.sources.queries import outlived
from depthwork.practice.treatments.actions import unfinished
from depthwork.practice.ui.alarm import open_alarms
from depthwork.practice.ui.checked_page import waiting
from depthwork.practice.ui.doctor_watch import (
    clock_is_behind,
    disk_is_encrypted,
    is_open_to_others,
    last_week,
    pragma,
)
from depthwork.practice.vault import actions as vault
from depthwork.practice.vault.models import Canary, DataKey, Grant, Keyring

LOOPBACK = {"127.0.0.1", "::1", "localhost"}
WRITES_BEFORE_ROTATION = 2**27  # half of what 96-bit random nonces allow with room to spare


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to mend: `refuse` stops the start, `mend` fails the doctor, `hint` is said and passes."""

    code: str
    level: str
    says: str
    mend: str


@dataclass(frozen=True, slots=True)
class Look:
    """Where and when the doctor looks."""

    home: Path
    now: datetime
    host: str = "127.0.0.1"


Check = Callable[[Look], "Finding | None"]
AT_START: list[Check] = []
LATER: list[Check] = []


def check(code: str, level: str, says: str, mend: str) -> Callable[[Callable[[Look], bool]], Check]:
    """A question with a yes (something is wrong) or a no."""

    def named(question: Callable[[Look], bool]) -> Check:
        def ask(look: Look) -> Finding | None:
            return Finding(code, level, says, mend) if question(look) else None

        (AT_START if level == "refuse" else LATER).append(ask)
        return ask

    return named


def _database() -> dict[str, Any]:
    return dict(settings.DATABASES["default"])


def _is_postgres() -> bool:
    return connection.vendor == "postgresql"


def _middleware(ending: str) -> bool:
    return any(name.endswith(ending) for name in settings.MIDDLEWARE)


# What stops the start.
check("debug", "refuse", "DEBUG is on: errors would show what people wrote", "Set DEBUG to False.")(
    lambda look: bool(settings.DEBUG)
)
check("secret_short", "refuse", "the site's secret is shorter than 40 characters", "Remove DEPTHWORK_SECRET_KEY; a new one is made in the practice's folder.")(
    lambda look: len(settings.SECRET_KEY) < 40
)  # fmt: skip
check("secret_known", "refuse", "the site's secret is a sample or repeats itself", "Remove DEPTHWORK_SECRET_KEY; a new one is made in the practice's folder.")(
    lambda look: len(set(settings.SECRET_KEY)) < 12 or any(word in settings.SECRET_KEY.lower() for word in ("insecure", "change-me", "changeme", "example"))
)  # fmt: skip
check("secret_open", "refuse", "the file `secret` can be read by other accounts of this machine", "Run: chmod 600 on the file `secret` of the practice's folder.")(
    lambda look: is_open_to_others(look.home / "secret")
)  # fmt: skip
check("home_open", "refuse", "the practice's folder can be entered by other accounts of this machine", "Run: chmod 700 on the practice's folder.")(
    lambda look: is_open_to_others(look.home)
)  # fmt: skip
check("any_host", "refuse", "the site answers to any host name", "Name the hosts in ALLOWED_HOSTS.")(
    lambda look: any(host in ("*", "") or host.startswith(".") for host in settings.ALLOWED_HOSTS)
)
check("origin_plain", "refuse", "the public address is not https", "Set DEPTHWORK_PUBLIC_ORIGIN to an https address.")(
    lambda look: bool(settings.PUBLIC_ORIGIN) and urlsplit(settings.PUBLIC_ORIGIN).scheme != "https"
)  # fmt: skip
check("origin_odd", "refuse", "the public address is more or less than scheme and host", "Write it as https://practice.example.")(
    lambda look: bool(settings.PUBLIC_ORIGIN) and (not urlsplit(settings.PUBLIC_ORIGIN).hostname or any(urlsplit(settings.PUBLIC_ORIGIN)[2:]) or "@" in settings.PUBLIC_ORIGIN)
)  # fmt: skip
check("exposed", "refuse", "the site would listen on a network without a public https address", "Serve on 127.0.0.1, or set DEPTHWORK_PUBLIC_ORIGIN behind a TLS proxy.")(
    lambda look: look.host not in LOOPBACK and not settings.IS_PUBLIC
)  # fmt: skip
check("cookies_plain", "refuse", "cookies of a public site would travel without TLS", "Set SESSION_COOKIE_SECURE and CSRF_COOKIE_SECURE.")(
    lambda look: settings.IS_PUBLIC and not (settings.SESSION_COOKIE_SECURE and settings.CSRF_COOKIE_SECURE)
)  # fmt: skip
check("cookies_readable", "refuse", "scripts could read the sign-in cookie", "Set SESSION_COOKIE_HTTPONLY.")(
    lambda look: not settings.SESSION_COOKIE_HTTPONLY
)
check("cookies_cross", "refuse", "other sites could send the sign-in cookie", "Set SESSION_COOKIE_SAMESITE to Lax or Strict.")(
    lambda look: settings.SESSION_COOKIE_SAMESITE not in ("Lax", "Strict")
)  # fmt: skip
check(
    "no_policy", "refuse", "the policy's door is not installed", "Put PolicyMiddleware back into MIDDLEWARE."
)(lambda look: not _middleware("PolicyMiddleware"))
check("no_lock", "refuse", "the idle lock is not installed, or longer than an hour", "Put UnlockMiddleware back; IDLE_LOCK_SECONDS is 900.")(
    lambda look: not _middleware("UnlockMiddleware") or not 0 < settings.IDLE_LOCK_SECONDS <= 3600
)  # fmt: skip
check("no_csrf", "refuse", "forms are not protected against other sites", "Put CsrfViewMiddleware back into MIDDLEWARE.")(
    lambda look: not _middleware("CsrfViewMiddleware")
)  # fmt: skip
check("no_csp", "refuse", "pages may load from or send to other hosts", "Put CSPMiddleware back; default-src stays 'none'.")(
    lambda look: not _middleware("CSPMiddleware") or "'none'" not in str(settings.CONTENT_SECURITY_POLICY.get("DIRECTIVES", {}).get("default-src"))
)  # fmt: skip
check("session_store", "refuse", "sign-ins are kept in a file, a cookie or a cache", "SESSION_ENGINE is django.contrib.sessions.backends.db.")(
    lambda look: settings.SESSION_ENGINE != "django.contrib.sessions.backends.db"
)  # fmt: skip
check("uploads_on_disk", "refuse", "uploads would touch the disk in plain text", "FILE_UPLOAD_HANDLERS holds MemoryFileUploadHandler alone.")(
    lambda look: any("Temporary" in name for name in settings.FILE_UPLOAD_HANDLERS)
)  # fmt: skip
check("weak_hasher", "refuse", "passphrases are not stretched by the vault", "PASSWORD_HASHERS holds VaultHasher alone.")(
    lambda look: list(settings.PASSWORD_HASHERS) != ["depthwork.practice.people.hashers.VaultHasher"]
)  # fmt: skip
check("weak_passphrases", "refuse", "short or common passphrases are accepted", "AUTH_PASSWORD_VALIDATORS: 15 characters and the list of common ones.")(
    lambda look: not _passphrases_are_checked()
)  # fmt: skip
check("loud_errors", "refuse", "error reports would carry what people wrote", "DEFAULT_EXCEPTION_REPORTER is QuietReporter.")(
    lambda look: not settings.DEFAULT_EXCEPTION_REPORTER.endswith("QuietReporter")
)  # fmt: skip
check("database_password", "refuse", "the database has no password", "Put one into DATABASE_URL.")(
    lambda look: "postgres" in _database()["ENGINE"] and not _database().get("PASSWORD")
)
check("database_owner", "refuse", "the site would work as the database's superuser, who passes every wall", "Make a role of its own, NOSUPERUSER and NOBYPASSRLS.")(
    lambda look: "postgres" in _database()["ENGINE"] and _database().get("USER") in ("postgres", "root", "admin", "")
)  # fmt: skip
check("old_sqlite_wal", "refuse", "this SQLite can damage a WAL database with two writers", "Use SQLite 3.51.3 or newer, or let Depthwork choose the mode.")(
    lambda look: "sqlite" in _database()["ENGINE"] and not sqlite_is_fixed() and "journal_mode=WAL" in _init_command()
)  # fmt: skip
check("not_durable", "refuse", "SQLite would answer before the words are on the disk", "synchronous is FULL with WAL, EXTRA without.")(
    lambda look: "sqlite" in _database()["ENGINE"] and not any(f"synchronous={mode}" in _init_command() for mode in ("FULL", "EXTRA"))
)  # fmt: skip
check("words_left_behind", "refuse", "SQLite would leave deleted words in its file", "secure_delete=ON and mmap_size=0 in the connection's first command.")(
    lambda look: "sqlite" in _database()["ENGINE"] and not all(part in _init_command() for part in ("secure_delete=ON", "mmap_size=0", "temp_store=MEMORY"))
)  # fmt: skip
check("mail_out", "refuse", "mail would leave the house through a service nobody set up", "EMAIL_BACKEND stays the dummy one, or a mail server of the practice.")(
    lambda look: "dummy" not in settings.EMAIL_BACKEND and not getattr(settings, "EMAIL_HOST", "")
)  # fmt: skip
check("mail_odd", "refuse", "the mail server's port or its TLS is none there is", "DEPTHWORK_MAIL_PORT is a number, DEPTHWORK_MAIL_TLS one of starttls, tls, none.")(
    lambda look: settings.MAIL.is_odd
)  # fmt: skip
check("mail_plain", "refuse", "mails would travel to the mail server without TLS", "Set DEPTHWORK_MAIL_TLS to starttls or tls; none is for a server on this machine.")(
    lambda look: settings.EMAIL_HOST not in ("", *LOOPBACK) and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL)
)  # fmt: skip


def _init_command() -> str:
    return str(_database().get("OPTIONS", {}).get("init_command", ""))


def _passphrases_are_checked() -> bool:
    names = {
        one["NAME"].rsplit(".", 1)[1]: one.get("OPTIONS", {}) for one in settings.AUTH_PASSWORD_VALIDATORS
    }
    return (
        "NotAmongTheCommonest" in names and names.get("MinimumLengthValidator", {}).get("min_length", 0) >= 15
    )


# What the doctor says besides.
check("route_without_rule", "mend", "a page has no rule", "Guard its view with policy.registry.rule.")(
    lambda look: bool(undeclared())
)


@lambda ask: LATER.append(ask)
def _database_is_whole(look: Look) -> Finding | None:
    if connection.vendor != "sqlite":
        return None
    try:
        says = pragma("quick_check")
    except Exception:
        says = "unreadable"
    if says == "ok":
        return None
    return Finding(
        "damaged", "mend", "the database is damaged", "Stop, keep the file, and restore the last backup."
    )


@lambda ask: LATER.append(ask)
def _chain_is_whole(look: Look) -> Finding | None:
    last = diary.last(look.home, "backup")
    head = tuple(last["audit_head"]) if last and last.get("audit_head", [0])[0] else None
    verdict = verify(Event.objects.order_by("n").iterator(chunk_size=2000), expected_head=head)
    if verdict.is_whole:
        return None
    return Finding("chain", "mend", f"the audit does not hold: {verdict.fault}", "Keep this database, and compare it with the last backup.")  # fmt: skip


@lambda ask: LATER.append(ask)
def _audit_is_guarded(look: Look) -> Finding | None:
    ask = {
        "postgresql": "select count(*) from pg_trigger where tgname like 'audit_event_%'",
        "sqlite": "select count(*) from sqlite_master where type='trigger' and name like 'audit_event_%'",
    }
    with connection.cursor() as cursor:
        cursor.execute(ask[connection.vendor])
        found = cursor.fetchone()[0]
    if found >= (2 if _is_postgres() else 3):
        return None
    return Finding("audit_open", "mend", "the audit could be changed: its guard is gone", "Run `depthwork serve` once; it brings the tables up to date.")  # fmt: skip


@lambda ask: LATER.append(ask)
def _tables_are_new(look: Look) -> Finding | None:
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
        return None
    return Finding("tables_old", "mend", "the tables are older than the program", "Run `depthwork serve`; it makes a backup first.")  # fmt: skip


check("alarm", "mend", "much changed at once, and nobody has looked since", "Today says what, to who manages; if it was none of you, keep this disk as it is and restore elsewhere.")(
    lambda look: any(open_alarms(one, at=look.now) for one in Practice.objects.values_list("id", flat=True))
)  # fmt: skip


@lambda ask: LATER.append(ask)
def _backup_is_fresh(look: Look) -> Finding | None:
    last = diary.last(look.home, "backup")
    if last and look.now - datetime.fromisoformat(last["at"]) <= timedelta(hours=26):
        return None
    when = f"the last backup is of {last['at'][:10]}" if last else "there is no backup yet"
    chosen = chosen_for_backups(look.home)
    where = (
        f"depthwork backup; it is written to {chosen}."
        if chosen
        else "depthwork backup FILE, on another disk."
    )
    return Finding("backup_old", "mend", when, f"Run: {where}")


@lambda ask: LATER.append(ask)
def _drill_is_fresh(look: Look) -> Finding | None:
    last = diary.last(look.home, "drill")
    if last and last.get("passed") and look.now - datetime.fromisoformat(last["at"]) <= timedelta(days=31):
        return None
    return Finding(
        "drill_old", "mend", "no restore was tried in the last month", "Run: depthwork drill FILE."
    )


@lambda ask: LATER.append(ask)
def _keys_expire(look: Look) -> Finding | None:
    old = [row for row in diary.kept(look.home, "backup") if Path(row["keys"]).exists() and look.now - datetime.fromisoformat(row["at"]) > timedelta(days=30)]  # fmt: skip
    if not old:
        return None
    return Finding("keys_kept", "mend", f"{len(old)} key files of backups are older than 30 days: what was destroyed could still be read", "Run: depthwork backup --expire.")  # fmt: skip


check("aside_kept", "mend", "a database that a restore put aside still holds keys from more than 30 days ago", "Run: depthwork backup --expire.")(
    lambda look: connection.vendor == "sqlite" and bool(put_aside(Path(str(_database()["NAME"])), now=look.now))
)  # fmt: skip
check("one_recipient", "mend", "backups would be sealed to one person only", "Confirm a recovery code, or run: depthwork init again; it makes a second key.")(
    lambda look: len(recipients(look.home)) < 2
)  # fmt: skip
check("no_canaries", "mend", "the nightly drill has no rows to open", "Run: depthwork init again; it adds what is missing.")(
    lambda look: not (look.home / "drill.key").exists() or Canary.objects.count() < 100
)  # fmt: skip
check("recovery_open", "mend", "someone has not typed their recovery code back", "Ask them to open Practice, Recovery code.")(
    lambda look: Keyring.objects.filter(recovery_confirmed_at=None).exists()
)  # fmt: skip
check("database_open", "mend", "the database file can be read by other accounts of this machine", "Run: chmod 600 on practice.sqlite3.")(
    lambda look: connection.vendor == "sqlite" and is_open_to_others(Path(str(_database()["NAME"])))
)  # fmt: skip
check("drill_key_open", "mend", "the drill's key can be read by other accounts of this machine", "Run: chmod 600 on drill.key.")(
    lambda look: is_open_to_others(look.home / "drill.key")
)  # fmt: skip
check("foreign_keys", "mend", "SQLite does not check references", "Use the settings that Depthwork ships.")(
    lambda look: connection.vendor == "sqlite" and pragma("foreign_keys") != 1
)


@lambda ask: LATER.append(ask)
def _facts_are_checked(look: Look) -> Finding | None:
    waits = sum(len(waiting(one, on=look.now.date())) for one in Practice.objects.all())
    if not waits:
        return None
    return Finding("unchecked", "hint", f"{waits} crisis numbers, profiles or rules are not yet checked by the practice, or due again", "Practice, To look up.")  # fmt: skip


@lambda ask: LATER.append(ask)
def _nothing_outlives_its_agreement(look: Look) -> Finding | None:
    due = outlived(at=look.now)
    if not due:
        return None
    held = sum(vault.is_held(one.client_id) for one in due)
    if held == len(due):
        return Finding("outlived_held", "hint", f"{held} transcripts or notes have outlived what was agreed; a legal hold keeps them", "They are burned when the hold is lifted.")  # fmt: skip
    return Finding("outlived", "mend", f"{len(due) - held} transcripts or notes have outlived what was agreed and are still there", "Run `depthwork serve`: they are burned within the hour; or sign in once.")  # fmt: skip


check("no_second_factor", "hint", "some who work here have no second factor, though the practice asks for it", "They are led to set it up when they next sign in.")(
    lambda look: staff_without() > 0
)  # fmt: skip
check("clock", "mend", "this machine's clock is behind the last event", "Set the clock; times in the audit would run backwards.")(
    lambda look: clock_is_behind(look.now)
)  # fmt: skip
check("key_used_up", "mend", "a client's key has sealed a great deal", "Ask their clinician to renew it: Practice, Sharing.")(
    lambda look: DataKey.objects.filter(retired_at=None, writes__gt=WRITES_BEFORE_ROTATION).exists()
)  # fmt: skip
check("rotation_unfinished", "mend", "a change of keys was interrupted", "It goes on when the client's clinician signs in; or at once: Practice, Sharing, Renew the keys.")(
    lambda look: any(key.retired_at < look.now - timedelta(days=1) for key in unfinished())
)  # fmt: skip
check("renewal_waits", "mend", "somebody can read a client no more, and the key was not renewed for a week", "Ask the client's clinician to sign in, or to open Practice, Sharing.")(
    lambda look: DataKey.objects.filter(retired_at=None, renew_since__lt=look.now - timedelta(days=7)).exists()
)  # fmt: skip
check("grant_run_out", "mend", "keys that were given until a day lie there a week after it", "They are cleared away when the client's clinician signs in.")(
    lambda look: Grant.objects.filter(ends_at__lt=look.now - timedelta(days=7)).exists()
)  # fmt: skip
check("synced_folder", "mend", "the practice lies in a folder that another company copies", "Move it out of the synchronised folder.")(
    lambda look: any(word in str(look.home).lower() for word in ("dropbox", "onedrive", "google drive", "icloud", "mobile documents"))
)  # fmt: skip
check("backport", "hint", "SQLite is declared as mended by its distributor", "Nothing, if that is so.")(
    lambda look: os.environ.get("DEPTHWORK_SQLITE_BACKPORTED") == "1"
)
check("old_sqlite", "hint", f"SQLite {sqlite3.sqlite_version} runs in its slower safe mode", "3.51.3 or newer is quicker.")(
    lambda look: connection.vendor == "sqlite" and not sqlite_is_fixed()
)  # fmt: skip


@lambda ask: LATER.append(ask)
def _disk(look: Look) -> Finding | None:
    found = disk_is_encrypted()
    if found:
        return None
    says = (
        "this disk is not encrypted" if found is False else "whether this disk is encrypted could not be seen"
    )
    return Finding("disk", "mend" if found is False else "hint", says, "Switch on FileVault, BitLocker or LUKS: sealed rows are safe without it, memory written to disk is not.")  # fmt: skip


@lambda ask: LATER.append(ask)
def _last_week(look: Look) -> Finding | None:
    said = last_week(look.now)
    return Finding("last_week", "hint", f"in the last seven days: {said}", "Look at each: Practice, Audit.") if said else None  # fmt: skip


def refusals(look: Look) -> list[Finding]:
    """What stops the start. Reads settings and file modes, not the database."""
    return [found for ask in AT_START if (found := ask(look)) is not None]


def findings(look: Look) -> Iterator[Finding]:
    """Everything, the gravest first. A check that itself fails is a finding."""
    yield from refusals(look)
    if _is_postgres():
        from depthwork.practice.ui.doctor_postgres import look as look_at_the_server

        yield from look_at_the_server()
    for ask in LATER:
        try:
            found = ask(look)
        except Exception:
            name = getattr(ask, "__name__", "check").strip("_").replace("_", " ")
            found = Finding("unreadable", "mend", f"this could not be looked at: {name}", "Run `depthwork restore` if the database is damaged.")  # fmt: skip
        if found is not None:
            yield found


def look_now(home: Path, *, host: str = "127.0.0.1") -> Look:
    """Here and now."""
    return Look(home, datetime.now(UTC), host)
