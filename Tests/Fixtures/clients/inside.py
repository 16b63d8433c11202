"""What a container does with the token of its service account."""

import pathlib

from kubernetes import client, config
from kubernetes.client.rest import ApiException

config.load_incluster_config()
namespace = pathlib.Path("/var/run/secrets/kubernetes.io/serviceaccount/namespace").read_text()
client.CoreV1Api().list_namespaced_config_map(namespace)
print("listed config maps")
try:
    client.CoreV1Api().list_namespaced_secret(namespace)
except ApiException as refusal:
    print(refusal.status, refusal.reason)
