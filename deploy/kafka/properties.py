"""How the broker is set up: one node that is broker and controller, reachable from this machine alone."""

HOST = "127.0.0.1"
LARGEST_RECORD_BYTES = 8 * 1024 * 1024
"""The largest batch of records the broker takes; a whole document with its envelope stays well below."""

GROUP_DAYS = 32
"""How long a group without members keeps its place: longer than anything it has passed stays."""

_MACHINE = {
    "process.roles": "broker,controller",
    "node.id": "1",
    "listener.security.protocol.map": "CLIENTS:PLAINTEXT,CONTROLLER:PLAINTEXT",
    "inter.broker.listener.name": "CLIENTS",
    "controller.listener.names": "CONTROLLER",
    "num.network.threads": "2",
    "num.io.threads": "4",
    "log.cleaner.dedupe.buffer.size": str(16 * 1024 * 1024),  # taken from the heap at start, whatever there is to clean
}
_TOPICS = {
    "auto.create.topics.enable": "false",  # topics are declared as data; a misspelt one shall fail
    "message.max.bytes": str(LARGEST_RECORD_BYTES),
    "replica.fetch.max.bytes": str(LARGEST_RECORD_BYTES),
    "offsets.retention.minutes": str(GROUP_DAYS * 24 * 60),
}
_ONE_NODE = {
    "offsets.topic.replication.factor": "1",
    "offsets.topic.num.partitions": "8",
    "transaction.state.log.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "share.coordinator.state.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "4",
}
_QUICK = {
    "group.initial.rebalance.delay.ms": "0",
    "group.min.session.timeout.ms": "1000",  # lets tests notice a dead member soon
    # A broker that was killed is let in again only once its former self has been missed for so long.
    "broker.session.timeout.ms": "3000",
    "broker.heartbeat.interval.ms": "500",
}


def server_properties(*, data: str, port: int, controller_port: int, advertised_port: int) -> str:
    """Give the text of `server.properties`; `data` is a folder relative to where the broker runs.

    Relative, because a comma in an absolute path would make two folders of it.
    """
    own = {
        "log.dirs": data,
        "listeners": f"CLIENTS://{HOST}:{port},CONTROLLER://{HOST}:{controller_port}",
        "advertised.listeners": f"CLIENTS://{HOST}:{advertised_port},CONTROLLER://{HOST}:{controller_port}",
        "controller.quorum.bootstrap.servers": f"{HOST}:{controller_port}",
    }
    settings = _MACHINE | _TOPICS | _ONE_NODE | _QUICK | own
    return "".join(f"{name}={value}\n" for name, value in settings.items())
