"""fly.py FILE…: the mistakes in a fly.toml that cost an outage; Fly's own checker needs an account."""

import sys
import tomllib

DATA = "/var/lib/gad/data"


def mounted(config):
    mounts = config.get("mounts", [])
    return [mount.get("destination") for mount in (mounts if isinstance(mounts, list) else [mounts])]


def faults(config):
    service = config.get("http_service", {})
    paths = {check.get("path") for check in service.get("checks", [])}
    limits = service.get("concurrency", {})
    yield service.get("auto_stop_machines") == "off", "auto_stop_machines must be off: a stopped machine misses timers and updates"
    yield service.get("min_machines_running", 0) == 1, "min_machines_running must be 1: without one timers are missed, and several share no volume"
    yield {"/health/live", "/health/ready"} <= paths, "checks for /health/live and /health/ready"
    yield limits.get("type") == "connections", "concurrency must count connections: sockets stay open"
    yield limits.get("soft_limit", 0) < limits.get("hard_limit", 0), "soft_limit below hard_limit"
    yield config.get("kill_signal") == "SIGTERM", "kill_signal must be SIGTERM"
    yield int(str(config.get("kill_timeout", "0")).rstrip("s")) >= 30, "kill_timeout must leave 30 s for draining"
    yield config.get("deploy", {}).get("release_command") == "migrate up", "release_command must be `migrate up`"
    yield DATA in mounted(config), f"a volume mounted at {DATA}: evidence would go with every deploy"
    yield str(service.get("internal_port")) == config.get("env", {}).get("PORT"), "internal_port must equal PORT"


def main(files):
    wrong = 0
    for name in files:
        with open(name, "rb") as file:
            config = tomllib.load(file)
        for good, what in faults(config):
            if not good:
                print(f"{name}: {what}", file=sys.stderr)
                wrong += 1
    return 1 if wrong else 0


sys.exit(main(sys.argv[1:]))
