"""What the Python client of Kubernetes does with a cluster: KUBECONFIG names it. Prints nothing but failures.

Source of what a server answers: the API conventions (sig-architecture) and the client's own generated models.
"""

import json
import pathlib
import sys
import threading
import unittest

from kubernetes import client, config, dynamic, utils, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock
from kubernetes.stream import stream

HERE = pathlib.Path(__file__).parent
SPACE = "python"
WIDGET = ("example.com", "v1", SPACE, "widgets")


def setUpModule():
    config.load_kube_config()
    client.CoreV1Api().create_namespace({"metadata": {"name": SPACE}})
    utils.create_from_yaml(client.ApiClient(), str(HERE / "widget.yaml"))
    definitions = client.ApiextensionsV1Api()
    for event in watch.Watch().stream(definitions.list_custom_resource_definition, timeout_seconds=20):
        conditions = event["object"].status.conditions or []
        if any(c.type == "Established" and c.status == "True" for c in conditions):
            return
    raise AssertionError("the definition is not established")


class Session(unittest.TestCase):
    def setUp(self):
        self.core, self.apps = client.CoreV1Api(), client.AppsV1Api()
        self.custom = client.CustomObjectsApi()

    def config_map(self, name, **labels):
        body = {"metadata": {"name": name, "labels": labels}, "data": {"n": "0"}}
        return self.core.create_namespaced_config_map(SPACE, body)

    def refusal(self, code, call, *arguments, **options):
        with self.assertRaises(ApiException) as caught:
            call(*arguments, **options)
        self.assertEqual(caught.exception.status, code)
        return json.loads(caught.exception.body)

    def events(self, call, *arguments, until, **options):
        """Watches until an event satisfies `until`; the events, and the version to go on from."""
        found, changes = [], watch.Watch()
        for event in changes.stream(call, *arguments, timeout_seconds=20, **options):
            found.append((event["type"], event["object"].metadata.name))
            if until(event):
                return found, changes.resource_version
        self.fail(f"the watch ended with {found}")

    def pod(self, name, script, **spec):
        container = {"name": "main", "image": "x", "command": ["sh", "-c", script]}
        body = {"containers": [container], "restartPolicy": "Never", "terminationGracePeriodSeconds": 0, **spec}
        return self.core.create_namespaced_pod(SPACE, {"metadata": {"name": name}, "spec": body})

    def finished(self, name):
        """Waits for the end of a pod; its phase and its log."""
        self.events(
            self.core.list_namespaced_pod, SPACE, field_selector=f"metadata.name={name}",
            until=lambda event: event["object"].status.phase in ("Succeeded", "Failed"))
        phase = self.core.read_namespaced_pod_status(name, SPACE).status.phase
        return phase, self.log(name)

    def log(self, name, **options):
        """A pod's log, as bytes: version 36 of the client quotes texts."""
        return self.core.read_namespaced_pod_log(name, SPACE, _preload_content=False, **options).data

    def test_pages(self):
        for number in range(5):
            self.config_map(f"page-{number}", kind="page")
        names, page, options = [], None, {"limit": 2, "label_selector": "kind=page"}
        while page is None or page.metadata._continue:
            token = page and page.metadata._continue
            page = self.core.list_namespaced_config_map(SPACE, _continue=token, **options)
            self.assertLessEqual(len(page.items), 2)
            names += [item.metadata.name for item in page.items]
        self.assertEqual(names, [f"page-{number}" for number in range(5)])
        body = self.refusal(400, self.core.list_namespaced_config_map, SPACE, limit=2, _continue="no-token")
        self.assertEqual(body["reason"], "BadRequest")
        self.core.delete_collection_namespaced_config_map(SPACE, label_selector="kind=page")
        self.assertEqual(self.core.list_namespaced_config_map(SPACE, label_selector="kind=page").items, [])

    def test_watch_goes_on_where_it_stopped(self):
        version = self.core.list_namespaced_config_map(SPACE).metadata.resource_version
        self.config_map("seen", kind="seen")
        options = {"label_selector": "kind=seen"}
        first, version = self.events(
            self.core.list_namespaced_config_map, SPACE, resource_version=version, until=lambda event: True, **options)
        self.core.patch_namespaced_config_map("seen", SPACE, {"data": {"n": "1"}})
        self.core.delete_namespaced_config_map("seen", SPACE)
        rest, _ = self.events(
            self.core.list_namespaced_config_map, SPACE, resource_version=version,
            until=lambda event: event["type"] == "DELETED", **options)
        self.assertEqual(first, [("ADDED", "seen")])
        self.assertEqual(rest, [("MODIFIED", "seen"), ("DELETED", "seen")])

    def test_watch_from_a_forgotten_version_is_gone(self):
        changes = watch.Watch()
        with self.assertRaises(ApiException) as caught:
            for _ in changes.stream(
                self.custom.list_namespaced_custom_object, *WIDGET, resource_version="1", timeout_seconds=5
            ):
                self.fail("an event from before the definition")
        self.assertEqual(caught.exception.status, 410)

    def test_refusals_carry_a_status(self):
        self.config_map("taken")
        body = self.refusal(409, self.config_map, "taken")
        self.assertEqual(body["kind"], "Status")
        self.assertEqual(body["reason"], "AlreadyExists")
        self.assertEqual(body["details"], {"name": "taken", "kind": "configmaps"})
        body = self.refusal(404, self.core.read_namespaced_pod, "none", SPACE)
        self.assertEqual(body["message"], 'pods "none" not found')
        body = self.refusal(422, self.config_map, "Not_A_Name")
        self.assertEqual(body["details"]["causes"][0]["field"], "metadata.name")

    def test_patches(self):
        utils.create_from_yaml(client.ApiClient(), str(HERE / "deployment.yaml"), namespace=SPACE)
        with self.assertRaises(utils.FailToCreateError) as caught:
            utils.create_from_yaml(client.ApiClient(), str(HERE / "deployment.yaml"), namespace=SPACE)
        self.assertIn('deployments.apps \\"parked\\" already exists', str(caught.exception))
        strategic = {"spec": {"template": {"spec": {"containers": [{"name": "main", "image": "y"}]}}}}
        changed = self.apps.patch_namespaced_deployment("parked", SPACE, strategic)
        container = changed.spec.template.spec.containers[0]
        self.assertEqual((container.image, container.command), ("y", ["sleep", "1000"]))
        self.apps.patch_namespaced_deployment(
            "parked", SPACE, [{"op": "add", "path": "/metadata/annotations", "value": {"a": "b"}}])
        scale = self.apps.patch_namespaced_deployment_scale("parked", SPACE, {"spec": {"replicas": 0}})
        self.assertEqual((scale.spec.replicas, scale.status.selector), (0, "app=parked"))
        body = self.refusal(
            422, self.apps.patch_namespaced_deployment, "parked", SPACE, {"spec": {"replicas": -1}})
        self.assertEqual(body["details"]["causes"][0]["field"], "spec.replicas")
        stale = self.apps.read_namespaced_deployment("parked", SPACE)
        stale.metadata.resource_version = "1"
        body = self.refusal(409, self.apps.replace_namespaced_deployment, "parked", SPACE, stale)
        self.assertEqual(body["reason"], "Conflict")

    def test_custom_objects(self):
        widget = {"apiVersion": "example.com/v1", "kind": "Widget", "metadata": {"name": "one"}, "spec": {"size": 2}}
        made = self.custom.create_namespaced_custom_object(*WIDGET, widget)
        self.assertEqual(made["spec"], {"size": 2, "color": "red"})
        self.custom.patch_namespaced_custom_object(*WIDGET, "one", {"spec": {"size": 3}})
        self.custom.patch_namespaced_custom_object_status(*WIDGET, "one", {"status": {"size": 1}})
        scale = self.custom.get_namespaced_custom_object_scale(*WIDGET, "one")
        self.assertEqual((scale["spec"], scale["status"]), ({"replicas": 3}, {"replicas": 1}))
        body = self.refusal(
            422, self.custom.patch_namespaced_custom_object, *WIDGET, "one", {"spec": {"size": 0}})
        self.assertIn("spec.size in body should be greater than or equal to 1", body["message"])
        self.assertEqual(len(self.custom.list_cluster_custom_object("example.com", "v1", "widgets")["items"]), 1)
        self.assertEqual(self.custom.delete_namespaced_custom_object(*WIDGET, "one")["status"], "Success")

    def test_dynamic_client(self):
        found = dynamic.DynamicClient(client.ApiClient())
        self.assertEqual(found.resources.get(api_version="example.com/v1", kind="Widget").name, "widgets")
        maps = found.resources.get(api_version="v1", kind="ConfigMap")

        def apply(value, manager, **options):
            body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "dyn"}, "data": {"a": value}}
            return maps.server_side_apply(body, namespace=SPACE, field_manager=manager, **options)

        apply("1", "first")
        with self.assertRaises(dynamic.exceptions.ConflictError) as caught:
            apply("2", "second")
        self.assertEqual(caught.exception.summary(), 'Apply failed with 1 conflict: conflict with "first": .data.a')
        apply("2", "second", force_conflicts=True)
        for kind in ("merge", "strategic-merge"):
            maps.patch({"data": {kind: "x"}}, name="dyn", namespace=SPACE, content_type=f"application/{kind}-patch+json")
        data = maps.get(name="dyn", namespace=SPACE).data.to_dict()
        self.assertEqual(data, {"a": "2", "merge": "x", "strategic-merge": "x"})
        self.assertEqual(maps.delete(name="dyn", namespace=SPACE).status, "Success")

    def test_pods_and_their_logs(self):
        self.pod("talks", "echo one; echo two")
        self.assertEqual(self.finished("talks"), ("Succeeded", b"one\ntwo\n"))
        self.assertEqual(self.log("talks", tail_lines=1), b"two\n")
        self.core.delete_namespaced_pod("talks", SPACE, grace_period_seconds=0)

    def test_exec(self):
        self.pod("shell", "sleep 1000")
        self.events(
            self.core.list_namespaced_pod, SPACE, field_selector="metadata.name=shell",
            until=lambda event: event["object"].status.phase == "Running")
        shell = stream(
            self.core.connect_get_namespaced_pod_exec, "shell", SPACE, command=["cat"],
            stdin=True, stdout=True, stderr=True, tty=False, _preload_content=False)
        shell.write_stdin("typed\n")
        self.assertEqual(shell.readline_stdout(timeout=10), "typed")
        shell.close()
        said = stream(
            self.core.connect_get_namespaced_pod_exec, "shell", SPACE, command=["sh", "-c", "echo out; echo err >&2; exit 3"],
            stdout=True, stderr=True, _preload_content=False)
        said.run_forever(timeout=10)
        self.assertEqual((said.read_stdout(), said.read_stderr(), said.returncode), ("out\n", "err\n", 3))
        self.core.delete_namespaced_pod("shell", SPACE, grace_period_seconds=0)

    def test_client_inside_a_pod(self):
        self.core.create_namespaced_service_account(SPACE, {"metadata": {"name": "reader"}})
        access = client.RbacAuthorizationV1Api()
        rule = {"apiGroups": [""], "resources": ["configmaps"], "verbs": ["list"]}
        access.create_namespaced_role(SPACE, {"metadata": {"name": "reader"}, "rules": [rule]})
        access.create_namespaced_role_binding(SPACE, {
            "metadata": {"name": "reader"},
            "roleRef": {"apiGroup": "rbac.authorization.k8s.io", "kind": "Role", "name": "reader"},
            "subjects": [{"kind": "ServiceAccount", "name": "reader", "namespace": SPACE}],
        })
        container = {"name": "main", "image": "x", "command": [sys.executable, str(HERE / "inside.py")]}
        self.pod("inside", "", serviceAccountName="reader", containers=[container])
        self.assertEqual(self.finished("inside"), ("Succeeded", b"listed config maps\n403 Forbidden\n"))

    def test_leader_election(self):
        leads = threading.Event()
        lock = ConfigMapLock("leader", SPACE, "me")
        election = leaderelection.LeaderElection(electionconfig.Config(
            lock, lease_duration=3, renew_deadline=2, retry_period=1, onstarted_leading=leads.set,
            onstopped_leading=lambda: None))
        threading.Thread(target=election.run, daemon=True).start()
        self.assertTrue(leads.wait(20))
        held = self.core.read_namespaced_config_map("leader", SPACE).metadata.annotations
        self.assertEqual(json.loads(held["control-plane.alpha.kubernetes.io/leader"])["holderIdentity"], "me")

    def test_every_kind_reads_into_its_model(self):
        lists = [
            self.core.list_node, self.core.list_namespace, self.core.list_service_for_all_namespaces,
            self.core.list_endpoints_for_all_namespaces, self.core.list_secret_for_all_namespaces,
            self.core.list_pod_for_all_namespaces, client.DiscoveryV1Api().list_endpoint_slice_for_all_namespaces,
            client.CoordinationV1Api().list_lease_for_all_namespaces, self.apps.list_deployment_for_all_namespaces,
            client.RbacAuthorizationV1Api().list_cluster_role, client.SchedulingV1Api().list_priority_class,
            client.BatchV1Api().list_job_for_all_namespaces, client.StorageV1Api().list_storage_class,
        ]
        for read in lists:
            self.assertIsNotNone(read().metadata.resource_version)
        self.assertIn("v1.36", client.VersionApi().get_code().git_version)
        self.assertEqual(client.CoreApi().get_api_versions().versions, ["v1"])


if __name__ == "__main__":
    unittest.main()
