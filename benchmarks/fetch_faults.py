"""What each fault of the network costs: the finding it gives, the time it took, the memory.

    python benchmarks/fetch_faults.py

Every fault of tests/support/fault_server.py, and those of TLS, DNS and proxies, is met by a process
of its own, which fetches a good page first and then the bad one. Memory is the peak of what Python
allocated for the second fetch (KiB), and by how much the whole process grew (KiB, Linux only).
"""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from tests.support.certificates import DAY, NOW, authority, server_file  # noqa: E402
from tests.support.fault_server import FAULTS, Client, FaultServer  # noqa: E402
from wizard.fetch import DEADLINE_SECONDS  # noqa: E402

FETCH = """
import json, sys, time, tracemalloc
from wizard.fetch import Fetcher, FetchError
good, bad, stalls = sys.argv[1:]
def most():
    # The highest that this process has been, in KiB. (getrusage would count its parent's too.)
    try:
        status = open("/proc/self/status").read()
    except OSError:
        return 0
    return int(status.partition("VmHWM:")[2].split()[0])
def never(host, port):
    time.sleep(60)
with Fetcher() as fetcher:
    fetcher.get(good)
before = most()
tracemalloc.start()
began = time.perf_counter()
try:
    with Fetcher(**({"resolver": never} if stalls else {})) as fetcher:
        said = f"answer {fetcher.get(bad).status}"
except FetchError as error:
    said = error.code
took = time.perf_counter() - began
peak = tracemalloc.get_traced_memory()[1]
print(json.dumps([said, took, peak // 1024, most() - before]))
import os; os._exit(0)
"""


def main() -> None:
    """Print the table, the longest time and the most memory last."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(FaultServer())
        cases = dict(_cases(stack, folder, server))
        with ThreadPoolExecutor(4) as threads:
            found = list(threads.map(lambda case: _met(server, *case), cases.values()))
    print(f"{'fault':28} {'finding or answer':20} {'seconds':>8} {'KiB':>8} {'process KiB':>12}")
    for name, (said, took, peak, grown) in zip(cases, found, strict=True):
        print(f"{name:28} {said:20} {took:8.2f} {peak:8} {grown:12}")
    longest, allocated, grown = (max(column) for column in list(zip(*found, strict=True))[1:])
    print(f"\n{len(found)} faults; the deadline is {DEADLINE_SECONDS:g} s.")
    print(
        f"Longest: {longest:.2f} s. Most memory: {allocated} KiB, the process grew by {grown} KiB."
    )


def _cases(
    stack: ExitStack, folder: Path, server: FaultServer
) -> Iterator[tuple[str, tuple[str, dict[str, str], bool]]]:
    """Each fault's name; its address, what it needs in the environment, whether DNS stalls."""
    for name in FAULTS:
        yield name, (server.url(name), {}, False)
    yield "unknown name", ("https://no-such-host.invalid/", {}, False)
    yield "silent name server", ("https://idp.test/", {}, True)
    with FaultServer() as gone:
        port = gone.port
    yield "closed port", (f"http://localhost:{port}/", {}, False)
    yield "metadata service", ("https://169.254.169.254/", {}, False)

    ours = authority("Authority of the benchmark")
    trusted = folder / "ca.pem"
    trusted.write_bytes(ours.pem)
    kinds = {
        "certificate expired": (ours, {"starts": NOW - 9 * DAY, "ends": NOW - 2 * DAY}),
        "certificate not yet valid": (ours, {"starts": NOW + 2 * DAY, "ends": NOW + 9 * DAY}),
        "certificate of another host": (ours, {"hosts": ("idp.test",)}),
        "certificate self-signed": (None, {}),
        "certificate of a stranger": (authority("Inspection"), {}),
    }
    for name, (signer, how) in kinds.items():
        place = folder / name.replace(" ", "-")
        place.mkdir()
        tls = stack.enter_context(FaultServer(certificate=server_file(place, signer, **how)))
        yield name, (tls.url("good"), {"SSL_CERT_FILE": str(trusted)}, False)
    stalled = stack.enter_context(FaultServer({"greet": Client.wait}))
    yield "TLS handshake stalls", (f"https://localhost:{stalled.port}/", {}, False)
    plain = stack.enter_context(FaultServer({"greet": lambda c: c.send(b"SSH-2.0-x\r\n" * 9)}))
    yield "no TLS there", (f"https://localhost:{plain.port}/", {}, False)
    silent = stack.enter_context(FaultServer({"connect": Client.wait}))
    refusal = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    asking = stack.enter_context(FaultServer({"connect": lambda c: c.send(refusal)}))
    for name, at in (("proxy says nothing", silent.port), ("proxy wants a password", asking.port)):
        proxy = {"HTTPS_PROXY": f"http://127.0.0.1:{at}"}
        yield name, ("https://idp.test/", proxy, False)
    yield "proxy is gone", ("https://idp.test/", {"HTTPS_PROXY": f"http://127.0.0.1:{port}"}, False)


def _met(
    server: FaultServer, url: str, environment: dict[str, str], stalls: bool
) -> tuple[str, float, int, int]:
    kept = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
    done = subprocess.run(
        [sys.executable, "-c", FETCH, server.url("good"), url, "stalls" if stalls else ""],
        cwd=ROOT,
        env=kept | environment,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    said, took, peak, grown = json.loads(done.stdout)
    return said, took, peak, grown


if __name__ == "__main__":
    main()
