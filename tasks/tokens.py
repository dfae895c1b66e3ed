"""How fast a destination may be sent to: a bucket of tokens each, kept in a table, shared by all workers.

A token that was taken comes back a span later, so that in no span more messages go out than there are tokens. The
limits of robots are those that their makers publish; those of mail servers are the administrator's to know.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import quote

from sqlalchemy import Connection, text

from fireduty.settings import Settings
from models.columns import instant_of, instant_text

MINUTE = timedelta(seconds=61)
"""A second more than a minute: instants are kept in whole seconds, and a token must not come back early."""

LONGEST_CLOSURE = timedelta(minutes=10)
"""How long a destination is left alone at most where it says that it is sent to too fast (钉钉 closes for ten)."""


@dataclass(frozen=True)
class Limit:
    """How many messages a destination takes.

    Attributes:
        a_minute: In any minute.
        at_once: In any two seconds; as many as in the minute where 0.
    """

    a_minute: int
    at_once: int = 0


ROBOTS = {
    # 企业微信, 群机器人配置说明: no more than 20 messages a minute for each robot.
    "wecombot": Limit(20),
    # 钉钉, 自定义机器人接入: 20 a minute for each robot; beyond them it is closed for ten minutes.
    "dingtalk": Limit(20),
    # 飞书, 自定义机器人使用指南: 100 a minute and 5 a second for each robot; 5 in two whole seconds are never more.
    "feishu": Limit(100, at_once=5),
    "lark": Limit(100, at_once=5),
}
"""The limits of robots, by the scheme of their Apprise address."""


def scheme_of(url: str) -> str:
    """Return the scheme of an Apprise address."""
    return url.partition(":")[0].lower()


def filled_in(url: str, address: str) -> str:
    """Return a channel's Apprise address with the contact's own address in it."""
    return url.replace("{address}", quote(address, safe=""))


@dataclass(frozen=True)
class Bucket:
    """The tokens of one destination."""

    destination: str
    limit: Limit

    @classmethod
    def of(cls, settings: Settings, channel: str, address: str) -> "Bucket | None":
        """Return the bucket of a destination, or nothing where it has no limit.

        Every robot is a destination of its own, in whichever channels it is named; of other channels the channel is.
        """
        url = settings.channels.get(channel, "")
        robot = ROBOTS.get(scheme_of(url))
        given = settings.rates.get(channel)
        if given is None and robot is None:
            return None
        limit = robot if given is None or robot is None else Limit(given, robot.at_once)
        name = channel if robot is None else hashlib.sha256(filled_in(url, address).encode()).hexdigest()[:32]
        return cls(name, limit or Limit(given or 1))

    def take(self, connection: Connection, at: datetime) -> bool:
        """Take a token in one statement, so that no two workers take the same; return whether there was one."""
        bound = {**self._bound(at), "back": instant_text(at + MINUTE), "lately": instant_text(at + MINUTE - _TWO)}
        if connection.execute(_TAKE, bound).rowcount:
            return True
        # Nobody has sent there before, or the limit was raised meanwhile.
        if connection.execute(_COUNT, bound).scalar_one() >= self.limit.a_minute:
            return False
        rows = [{**bound, "number": number} for number in range(self.limit.a_minute)]
        connection.execute(_FILL, rows)
        return bool(connection.execute(_TAKE, bound).rowcount)

    def next_at(self, connection: Connection, at: datetime) -> datetime:
        """Return when the next token comes back, at least a second from now."""
        soon = at + timedelta(seconds=1)
        found = connection.execute(_NEXT, self._bound(at)).scalar_one()
        return min(max(soon, instant_of(found)), at + LONGEST_CLOSURE) if found else soon

    def close(self, connection: Connection, at: datetime, until: datetime) -> None:
        """Leave the destination alone until then: it said that it is sent to too fast."""
        connection.execute(_CLOSE, {**self._bound(at), "until": instant_text(min(until, at + LONGEST_CLOSURE))})

    def _bound(self, at: datetime) -> dict[str, str | int]:
        return {
            "destination": self.destination,
            "limit": self.limit.a_minute,
            "at_once": self.limit.at_once or self.limit.a_minute,
            "at": instant_text(at),
            # No token is out for longer: one that seems to be was taken before the clock was set back.
            "beyond": instant_text(at + LONGEST_CLOSURE + MINUTE),
        }


_TWO = timedelta(seconds=2)
_BACK = "(back_at <= :at OR back_at > :beyond)"

_TAKE = text(
    "UPDATE sending_token SET back_at = :back WHERE destination = :destination AND number = ("
    f"SELECT min(number) FROM sending_token WHERE destination = :destination AND number < :limit AND {_BACK})"
    f" AND {_BACK} AND (SELECT count(*) FROM sending_token WHERE destination = :destination"
    " AND back_at > :lately AND back_at <= :back) < :at_once"
)
_COUNT = text("SELECT count(*) FROM sending_token WHERE destination = :destination AND number < :limit")
_FILL = text(
    "INSERT INTO sending_token (destination, number, back_at) VALUES (:destination, :number, :at)"
    " ON CONFLICT DO NOTHING"
)
_NEXT = text("SELECT min(back_at) FROM sending_token WHERE destination = :destination AND number < :limit")
_CLOSE = text("UPDATE sending_token SET back_at = :until WHERE destination = :destination AND back_at < :until")
