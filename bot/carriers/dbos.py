"""The carrier for many machines: a queue of DBOS Transact, beside the ledger in its database.

DBOS is imported when a carrier is made: it takes half a second, and most services do without.
"""

import logging
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import datetime, timedelta
from threading import Event

from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.exc import SQLAlchemyError

from bot.domain.delivery import Delivery
from bot.domain.errors import DatabaseTroubleError, SettingsError

log = logging.getLogger(__name__)

APPLICATION = "loftesbot"
SCHEMA = "dbos"
QUEUE = "deliveries"
WORKFLOW = "deliver"
# What a parcel looks like. A worker takes only parcels of its own format, so count up when
# it changes; what an older version enlisted is then taken over when its lease ends.
FORMAT = "1"

WORKERS = 16
# A parcel costs DBOS as much as a single delivery would: eight together cost an eighth each.
PARCEL_SIZE = 8
PARCELS_AT_ONCE = 16
# Each look at the queue costs a worker 3 ms of processor time.
LOOK_SELDOM_SECONDS = 0.5
LOOK_OFTEN_SECONDS = 0.1
# A few seconds' work for one process; a lease is far longer.
MOST_WAITING = 50  # parcels
CONNECTIONS = 4
GRACE_SECONDS = 5

KEPT = timedelta(hours=6)
REAPED_AT_ONCE = 500
REAP_ROUNDS = 20
SAME_LINE_SECONDS = 60.0
TRACEBACK = "Traceback (most recent call last):"
RAISED = re.compile(r"[\w.]+(Error|Exception|Interrupt|Exit)\b")

Deliver = Callable[[int, int], None]
Parcel = Sequence[tuple[int, int]]
Around = Callable[[Parcel], AbstractContextManager[object]]


class DbosCarrier:
    """Carries the ids of claimed deliveries to any process that executes; one in each process.

    What is enlisted is in the queue when the claiming transaction has committed, and only then.
    A parcel is begun once at most: DBOS is told never to run one again, since the ledger alone
    knows what an interrupted attempt may have done. A delivery whose worker died is claimed
    anew, with another attempt, when the ledger has freed it.

    ``name`` is that of the process. ``deliver`` is called with id and attempt; where that is no
    longer the newest attempt, it shall do nothing. What ``around`` gives is entered before a
    parcel is begun, and left when all of it is done. Without ``executes`` it only enlists.
    """

    def __init__(
        self,
        engine: Engine,
        name: str,
        deliver: Deliver,
        *,
        around: Around = nullcontext,
        executes: bool = True,
    ) -> None:
        try:
            from dbos import DBOS, DBOSClient, WorkflowSerializationFormat, error
        except ImportError:
            raise SettingsError(
                "Leverans genom DBOS kräver paketet dbos, som inte är installerat. "
                "Installera med: pip install 'loftesbot[scale]'"
            ) from None
        _tame(logging.getLogger("dbos"))
        self._dbos, self._portable = DBOS, WorkflowSerializationFormat.PORTABLE
        self._failures = (SQLAlchemyError, OSError, error.DBOSException)
        # Sharing the engine lets DBOS keep the statements compiled that enlist.
        self._client = DBOSClient(
            system_database_engine=engine,
            dbos_system_schema=SCHEMA,
            application_name=APPLICATION,
            lazy=True,
            retry_connection_errors=False,
        )
        self._url = engine.url.render_as_string(hide_password=False)
        self._own_engine = _engine(self._url) if engine.dialect.name == "postgresql" else None
        self._name, self._deliver, self._executes = name, deliver, executes
        self._around = around
        self._closing = Event()
        self._pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="deliver")

    @property
    def free(self) -> int:
        """How many more deliveries the queue should be given, so that none waits out its lease."""
        with self._in_words():
            return PARCEL_SIZE * (MOST_WAITING - self._waiting())

    def start(self) -> None:
        """Make DBOS's tables where they are missing, and begin to execute."""
        with self._in_words():
            self._dbos.migrate(self._url, schema=SCHEMA)
            self._client.register_queue(
                QUEUE, worker_concurrency=PARCELS_AT_ONCE, polling_interval_sec=LOOK_SELDOM_SECONDS
            )
            if self._executes:
                self._launch()

    def enlist(self, connection: object, deliveries: Sequence[Delivery]) -> None:
        """Put the deliveries in the queue, as a part of the transaction that claims them."""
        if not isinstance(connection, Connection):
            raise TypeError(f"not a connection of SQLAlchemy: {connection!r}")
        for start in range(0, len(deliveries), PARCEL_SIZE):
            parcel = [[each.id, each.attempt] for each in deliveries[start : start + PARCEL_SIZE]]
            self._client.enqueue_in_transaction(
                connection,
                {
                    "workflow_name": WORKFLOW,
                    "queue_name": QUEUE,
                    "workflow_id": "-".join(map(str, parcel[0])),
                    "app_version": FORMAT,
                    "serialization_type": self._portable,
                },
                parcel,
            )

    def submit(self, deliveries: Sequence[Delivery]) -> None:
        """Let the workers look often for a while; the queue has them since the commit."""
        if deliveries:
            with self._in_words():
                self._look_every(LOOK_OFTEN_SECONDS)

    def stop(self) -> None:
        """Take no more, and finish what was taken; what cannot be soon stays in the ledger."""
        if self._executes:
            self._dbos.destroy(destroy_registry=True, workflow_completion_timeout_sec=GRACE_SECONDS)
            # What ends from now on cannot be recorded in the queue, and need not be.
            logging.getLogger("dbos").setLevel(logging.CRITICAL)
        self._closing.set()
        self._pool.shutdown()
        if self._own_engine:
            self._own_engine.dispose()
        self._client.destroy()

    def reap(self, *, now: datetime) -> int:
        """Remove what DBOS keeps of old parcels, finished or stranded; return how many.

        To be called each minute or so: it also ends the time of looking often.
        """
        with self._in_words():
            if not self._waiting():
                self._look_every(LOOK_SELDOM_SECONDS)
            total = 0
            for _ in range(REAP_ROUNDS):
                removed = self._reap_some(before=now - KEPT)
                total += removed
                if removed < REAPED_AT_ONCE:
                    break
            return total

    @contextmanager
    def _in_words(self) -> Iterator[None]:
        try:
            yield
        except self._failures as error:
            text = f"DBOS kan inte använda databasen: {_line(error)}"
            raise DatabaseTroubleError(text) from error

    def _waiting(self) -> int:
        """How many parcels are in the queue, for workers like ours, and taken by nobody."""
        found = self._client.list_queued_workflows(
            queue_name=QUEUE,
            status="ENQUEUED",
            app_version=FORMAT,
            limit=MOST_WAITING,
            load_input=False,
            load_output=False,
        )
        return len(found)

    def _look_every(self, seconds: float) -> None:
        queue = self._client.retrieve_queue(QUEUE)
        if queue and queue.polling_interval_sec != seconds:
            queue.set_polling_interval_sec(seconds)

    def _reap_some(self, *, before: datetime) -> int:
        found = self._client.list_workflows(
            name=WORKFLOW,
            end_time=before.isoformat(),
            limit=REAPED_AT_ONCE,
            load_input=False,
            load_output=False,
        )
        self._client.delete_workflows([each.workflow_id for each in found])
        return len(found)

    def _launch(self) -> None:
        self._dbos(
            config={
                "name": APPLICATION,
                "application_version": FORMAT,
                "executor_id": self._name,
                "system_database_url": self._url,
                "system_database_engine": self._own_engine,
                "dbos_system_schema": SCHEMA,
                "run_migrations": False,
                "use_listen_notify": False,
                "notification_listener_polling_interval_sec": 0.25,
                "enable_otlp": False,
                "log_level": "WARNING",
            }
        )

        @self._dbos.workflow(name=WORKFLOW, max_recovery_attempts=0)
        def deliver_parcel(parcel: list[list[int]]) -> None:
            self._deliver_all([(number, attempt) for number, attempt in parcel])

        self._dbos.launch()

    def _deliver_all(self, parcel: Parcel) -> None:
        try:
            with self._around(parcel):
                wait([self._pool.submit(self._deliver_one, *each) for each in parcel])
        except DatabaseTroubleError as error:
            # What is not begun stays claimed, and is claimed anew when its lease has ended.
            log.error("a parcel of %s was not begun: %s", len(parcel), error)  # noqa: TRY400

    def _deliver_one(self, delivery_id: int, attempt: int) -> None:
        if self._closing.is_set():
            return
        try:
            self._deliver(delivery_id, attempt)
        except Exception as error:  # noqa: BLE001 - the lease runs out, and it is looked up
            log.error("delivery %s stopped midway: %s", delivery_id, _line(error))  # noqa: TRY400


def _engine(url: str) -> Engine:
    """Return connections for DBOS whose loss it does not wait out.

    Left to itself it asks a lost database again and again, for ever, in threads that keep the
    process from ending. What it cannot record is reaped in time.
    """
    engine = create_engine(url, pool_size=CONNECTIONS, max_overflow=0, pool_pre_ping=True)
    event.listen(engine, "do_connect", _connect)
    return engine


def _connect(
    dialect: Dialect, _record: object, arguments: Sequence[str], options: Mapping[str, str]
) -> object:
    try:
        return dialect.connect(*arguments, **options)
    except Exception as error:
        raise ConnectionError(_line(error)) from error


class _OneLine(logging.Filter):
    """Lets DBOS say a thing in one line, and what it says over and over once a minute."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, int], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Shorten the record; false where its like was let through a moment ago."""
        cause = record.exc_info[1] if record.exc_info else None
        record.msg = _line(record.getMessage()) + (f" {_line(cause)}" if cause else "")
        record.args, record.exc_info = (), None
        place = (record.module, record.lineno)
        if record.created - self._said.get(place, 0.0) < SAME_LINE_SECONDS:
            return False
        self._said[place] = record.created
        return True


_ONE_LINE, _NOWHERE = _OneLine(), logging.NullHandler()


def _tame(logger: logging.Logger) -> None:
    """Let DBOS write to our log; without a handler it would write to the console itself."""
    logger.addHandler(_NOWHERE)
    logger.addFilter(_ONE_LINE)
    logger.setLevel(logging.ERROR)


def _line(text: object) -> str:
    """The first line; of a traceback within it, the line that says what was raised."""
    said, found, trace = str(text).partition(TRACEBACK)
    raised = [each for each in trace.splitlines() if RAISED.match(each)]
    return said.partition("\n")[0] if not found else said + "".join(raised[-1:])
