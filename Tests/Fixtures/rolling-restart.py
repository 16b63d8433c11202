"""Restarts two webhooks in turn behind a TCP balancer while reviews never pause; prints what failed.

    rolling-restart.py KUBEDL FOLDER RESTARTS

FOLDER holds tls.crt, tls.key and ca.crt of 127.0.0.1. As in a cluster, the balancer sends new connections to replicas that
answered their last probe of /readyz, and clients keep connections until they are told to close them, as kube-apiserver does.
"""
import asyncio
import json
import signal
import ssl
import sys

KUBEDL, FOLDER, RESTARTS = sys.argv[1], sys.argv[2], int(sys.argv[3])
CLIENTS = 8
REVIEW = json.dumps({
    "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
    "request": {
        "uid": "u", "kind": {"group": "", "version": "v1", "kind": "Pod"},
        "resource": {"group": "", "version": "v1", "resource": "pods"}, "namespace": "ml", "name": "p",
        "operation": "CREATE", "object": {
            "apiVersion": "v1", "kind": "Pod", "metadata": {"name": "p", "labels": {"kubedl.io/gang-name": "g"}},
            "spec": {"containers": [{"name": "c", "image": "i"}]}}},
}).encode()


class Replica:
    def __init__(self, port):
        self.port, self.ready, self.process = port, False, None

    async def start(self):
        self.process = await asyncio.create_subprocess_exec(
            KUBEDL, "webhook", "--host", "127.0.0.1", "--port", str(self.port), "--cert", f"{FOLDER}/tls.crt",
            "--key", f"{FOLDER}/tls.key", "--config-map", "", "--shutdown-delay", "2", "--log-level", "error")
        while not self.ready:
            await asyncio.sleep(0.05)

    async def probe(self):
        while True:
            try:
                self.ready = await asyncio.wait_for(self.is_ready(), 1)
            except (OSError, asyncio.TimeoutError, asyncio.IncompleteReadError):
                self.ready = False
            await asyncio.sleep(0.2)

    async def is_ready(self):
        context = ssl.create_default_context(cafile=f"{FOLDER}/ca.crt")
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, ssl=context)
        writer.write(b"GET /readyz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        status = await reader.readline()
        writer.close()
        return b" 200 " in status


class Balancer:
    def __init__(self, replicas):
        self.replicas, self.turn = replicas, 0

    async def serve(self, reader, writer):
        ready = [replica for replica in self.replicas if replica.ready]
        self.turn += 1
        try:
            target = ready[self.turn % len(ready)]
            there = await asyncio.open_connection("127.0.0.1", target.port)
            await asyncio.gather(self.pump(reader, there[1]), self.pump(there[0], writer))
        except (OSError, ZeroDivisionError, asyncio.CancelledError):
            pass
        writer.close()

    @staticmethod
    async def pump(reader, writer):
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        finally:
            writer.close()


async def review(reader, writer):
    """One request; whether the connection may be kept."""
    writer.write(
        b"POST /mutate-pods HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s"
        % (len(REVIEW), REVIEW))
    status, *fields = (await reader.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (field.partition(":") for field in fields)}
    body = json.loads(await reader.readexactly(int(headers["content-length"])))
    if " 200 " not in status + " " or not body["response"]["allowed"]:
        raise OSError(f"{status}: {body}")
    return headers.get("connection", "").lower() != "close"


async def client(port, counts):
    context = ssl.create_default_context(cafile=f"{FOLDER}/ca.crt")
    while True:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context)
            while await review(reader, writer):
                counts["requests"] += 1
            counts["requests"] += 1
            counts["closed"] += 1
            writer.close()
        except (OSError, asyncio.IncompleteReadError) as error:
            counts["failures"] += 1
            print(f"failed: {error!r}", file=sys.stderr)
            await asyncio.sleep(0.1)


async def main():
    counts = {"requests": 0, "closed": 0, "failures": 0}
    holders = [await asyncio.start_server(lambda r, w: None, "127.0.0.1", 0) for _ in range(2)]
    replicas = [Replica(holder.sockets[0].getsockname()[1]) for holder in holders]
    for holder in holders:
        holder.close()
    tasks = [asyncio.create_task(replica.probe()) for replica in replicas]
    try:
        for replica in replicas:
            await replica.start()
        server = await asyncio.start_server(Balancer(replicas).serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        tasks += [asyncio.create_task(client(port, counts)) for _ in range(CLIENTS)]
        for turn in range(RESTARTS):
            before = counts["requests"]
            while counts["requests"] < before + 50:
                await asyncio.sleep(0.05)
            replica = replicas[turn % 2]
            replica.process.send_signal(signal.SIGTERM)
            await replica.process.wait()
            replica.ready = False
            await replica.start()
    finally:
        for task in tasks:
            task.cancel()
        for replica in replicas:
            if replica.process and replica.process.returncode is None:
                replica.process.kill()
    print(json.dumps(counts))


asyncio.run(asyncio.wait_for(main(), 120))
