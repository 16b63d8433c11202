"""Serves a paged list of pods and one watch over HTTPS, in a process of its own, so that its cost is nobody else's.

Prints its port and the file of its certificate, then serves until its standard input ends.
"""
import json
import ssl
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

COUNT, EVENTS, FOLDER = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3]


def template():
    fields = {f"f:{name}": {} for name in "affinity containers nodeName restartPolicy tolerations volumes".split()}
    container = {
        "name": "pytorch", "image": "registry.example.com/ml/train:2.7.1", "imagePullPolicy": "IfNotPresent",
        "command": ["torchrun", "--nnodes=8", "/workspace/train.py"],
        "env": [{"name": f"VARIABLE_{n}", "value": f"value-{n}"} for n in range(12)],
        "resources": {
            "limits": {"cpu": "8", "memory": "64Gi", "nvidia.com/gpu": "4"},
            "requests": {"cpu": "7500m", "memory": "64Gi", "nvidia.com/gpu": "4"}},
        "volumeMounts": [{"name": "data", "mountPath": "/data"}], "terminationMessagePath": "/dev/termination-log"}
    pod = {
        "kind": "Pod", "apiVersion": "v1",
        "metadata": {
            "name": "train-job-@J@-worker-@N@", "namespace": "team-research-@T@",
            "uid": "6f1c0a52-3a5b-4d0e-9f7a-@U@", "resourceVersion": "@V@",
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {"training.kubedl.io/job-name": "train-job-@J@", "kubedl.io/gang": "train-job-@J@-gang"},
            "managedFields": [
                {"manager": name, "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1",
                 "fieldsV1": {"f:spec": fields}} for name in ("kubedl", "kube-scheduler", "kubelet")]},
        "spec": {
            "containers": [container], "nodeName": "gpu-node-@H@.example.com", "restartPolicy": "Never",
            "schedulerName": "default-scheduler", "volumes": [{"name": "data", "emptyDir": {}}],
            "tolerations": [{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute"}]},
        "status": {
            "phase": "Running", "podIP": "10.1.2.3", "hostIP": "10.0.0.1", "qosClass": "Burstable",
            "conditions": [
                {"type": kind, "status": "True", "lastTransitionTime": "2026-01-01T00:00:05Z"}
                for kind in ("PodScheduled", "Initialized", "ContainersReady", "Ready")]}}
    return json.dumps(pod, separators=(",", ":"))


PARTS = template()


def pod(n, version):
    marks = {"@J@": f"{n // 8:06}", "@N@": str(n % 8), "@T@": f"{n % 20:02}", "@U@": f"{n:012x}",
             "@V@": str(version), "@H@": f"{n % 2000:04}"}
    text = PARTS
    for mark, value in marks.items():
        text = text.replace(mark, value)
    return text


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 1 << 18

    def log_message(self, *_):
        pass

    def do_GET(self):
        query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        if query.get("watch") == "true":
            return self.watch()
        start, limit = int(query.get("continue", 0)), int(query.get("limit", 500))
        end = min(start + limit, COUNT)
        more = {"continue": str(end)} if end < COUNT else {}
        head = {"kind": "PodList", "apiVersion": "v1", "metadata": {"resourceVersion": str(COUNT), **more}}
        body = (json.dumps(head)[:-1] + ',"items":[' + ",".join(pod(n, n + 1) for n in range(start, end)) + "]}").encode()
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
        self.wfile.flush()

    def watch(self):
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for line in RECORDED:
            self.wfile.write(line)
        self.wfile.flush()
        self.rfile.read(1)


def event(n):
    line = ('{"type":"MODIFIED","object":' + pod(n * 7919 % COUNT, COUNT + 1 + n) + "}\n").encode()
    return b"%x\r\n%s\r\n" % (len(line), line)


RECORDED = [event(n) for n in range(EVENTS)]
certificate, key = FOLDER + "/server.pem", FOLDER + "/server.key"
subprocess.run(
    ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
     "/CN=replay", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", certificate],
    check=True, stderr=subprocess.DEVNULL)
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(certificate, key)
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
server.daemon_threads = True
server.socket = context.wrap_socket(server.socket, server_side=True)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], certificate, flush=True)
sys.stdin.read()
