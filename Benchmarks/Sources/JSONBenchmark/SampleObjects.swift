import JSON

/// Objects as a Kubernetes API server writes them: compact, with managed fields, made from a seed.
enum SampleObjects {
    /// An AdmissionReview of about 20 KB: the creation of a training pod with two containers.
    static func admissionReview() -> [UInt8] {
        let container: (String) -> JSONValue = { name in
            [
                "name": JSONValue(name), "image": "registry.example.com/training/pytorch:2.9.1-cuda13",
                "command": ["torchrun"], "args": ["--nnodes=4", "--nproc-per-node=8", "train.py", "--epochs", "90"],
                "env": JSONValue(
                    (0..<60).map { ["name": "TRAINING_OPTION_\($0)", "value": "value-of-option-\($0 * 7919)"] }),
                "ports": [["name": "job-port", "containerPort": 23456, "protocol": "TCP"]],
                "resources": [
                    "limits": ["cpu": "16", "memory": "128Gi", "nvidia.com/gpu": "8"],
                    "requests": ["cpu": "16", "memory": "128Gi", "nvidia.com/gpu": "8"],
                ],
                "volumeMounts": JSONValue(
                    (0..<12).map { ["name": "data-\($0)", "mountPath": "/mnt/data/\($0)", "readOnly": true] }),
                "terminationMessagePath": "/dev/termination-log", "terminationMessagePolicy": "File",
                "imagePullPolicy": "IfNotPresent",
                "securityContext": [
                    "capabilities": ["drop": ["ALL"]], "runAsNonRoot": true, "allowPrivilegeEscalation": false,
                ],
            ]
        }
        let spec: JSONValue = [
            "volumes": JSONValue(
                (0..<12).map { ["name": "data-\($0)", "persistentVolumeClaim": ["claimName": "shared-data-\($0)"]] }),
            "containers": [container("pytorch"), container("metrics-sidecar")],
            "restartPolicy": "Never", "terminationGracePeriodSeconds": 30, "dnsPolicy": "ClusterFirst",
            "serviceAccountName": "training", "serviceAccount": "training", "nodeName": "", "hostNetwork": false,
            "securityContext": [:], "schedulerName": "default-scheduler",
            "tolerations": JSONValue(
                ["not-ready", "unreachable", "disk-pressure"].map {
                    [
                        "key": "node.kubernetes.io/\($0)", "operator": "Exists", "effect": "NoExecute",
                        "tolerationSeconds": 300,
                    ]
                }),
            "priority": 1000, "enableServiceLinks": true, "preemptionPolicy": "PreemptLowerPriority",
        ]
        var metadata = metadata(name: "resnet-worker-3", labels: 12, annotations: 8, managedFields: 100)
        metadata["namespace"] = "ml-research"
        metadata["ownerReferences"] = [
            [
                "apiVersion": "training.kubedl.io/v1alpha1", "kind": "PyTorchJob", "name": "resnet", "controller": true,
                "uid": "6f8a6f0e-59c8-4a0c-9a0f-2b1d7c1e9a77", "blockOwnerDeletion": true,
            ]
        ]
        let review: JSONValue = [
            "kind": "AdmissionReview", "apiVersion": "admission.k8s.io/v1",
            "request": [
                "uid": "705ab4f5-6393-11e8-b7cc-42010a800002",
                "kind": ["group": "", "version": "v1", "kind": "Pod"],
                "resource": ["group": "", "version": "v1", "resource": "pods"],
                "namespace": "ml-research", "operation": "CREATE",
                "userInfo": [
                    "username": "system:serviceaccount:kubedl-system:controllers", "uid": "b1c2d3",
                    "groups": ["system:serviceaccounts", "system:authenticated"],
                ],
                "object": ["kind": "Pod", "apiVersion": "v1", "metadata": metadata, "spec": spec, "status": [:]],
                "oldObject": .null, "dryRun": false,
                "options": ["kind": "CreateOptions", "apiVersion": "meta.k8s.io/v1"],
            ],
        ]
        return review.bytes
    }

    /// A NodeList; each node has about 8 KB.
    static func nodeList(count: Int) -> [UInt8] {
        var writer = JSONWriter(reservingBytes: count * 8400)
        writer.beginObject()
        writer.key("kind")
        writer.string("NodeList")
        writer.key("apiVersion")
        writer.string("v1")
        writer.key("metadata")
        writer.value(["resourceVersion": "812345678"])
        writer.key("items")
        writer.beginArray()
        for number in 0..<count { writer.value(node(number)) }
        writer.endArray()
        writer.endObject()
        return writer.bytes
    }

    private static func node(_ number: Int) -> JSONValue {
        var seed = UInt64(number + 1)
        let name = "gpu-node-\(number).eu-central-1.compute.internal"
        let condition: (String, String) -> JSONValue = { type, status in
            [
                "type": JSONValue(type), "status": JSONValue(status), "lastHeartbeatTime": "2026-03-01T10:15:30Z",
                "lastTransitionTime": "2026-02-11T07:00:01Z", "reason": JSONValue("Kubelet\(type)"),
                "message": JSONValue("kubelet reports on \(type)"),
            ]
        }
        let capacity: JSONValue = [
            "cpu": "96", "ephemeral-storage": "921600Mi", "hugepages-1Gi": "0", "hugepages-2Mi": "0",
            "memory": "1056473572Ki", "nvidia.com/gpu": "8", "pods": "110",
        ]
        var metadata = metadata(name: name, labels: 24, annotations: 10, managedFields: 40)
        metadata["uid"] = JSONValue(digest(&seed, length: 32))
        return [
            "metadata": metadata,
            "spec": [
                "podCIDR": "10.1.\(number % 256).0/24", "podCIDRs": ["10.1.\(number % 256).0/24"],
                "providerID": "aws:///eu-central-1a/i-\(digest(&seed, length: 17))",
                "taints": [["key": "nvidia.com/gpu", "value": "present", "effect": "NoSchedule"]],
            ],
            "status": [
                "capacity": capacity, "allocatable": capacity,
                "conditions": [
                    condition("MemoryPressure", "False"), condition("DiskPressure", "False"),
                    condition("PIDPressure", "False"), condition("Ready", "True"),
                ],
                "addresses": [
                    ["type": "InternalIP", "address": "10.0.\(number / 256).\(number % 256)"],
                    ["type": "Hostname", "address": JSONValue(name)],
                ],
                "daemonEndpoints": ["kubeletEndpoint": ["Port": 10250]],
                "nodeInfo": [
                    "machineID": JSONValue(digest(&seed, length: 32)), "bootID": JSONValue(digest(&seed, length: 32)),
                    "kernelVersion": "6.12.9-cloud", "osImage": "Debian GNU/Linux 12 (bookworm)",
                    "containerRuntimeVersion": "containerd://2.1.4", "kubeletVersion": "v1.36.1",
                    "kubeProxyVersion": "", "operatingSystem": "linux", "architecture": "amd64",
                ],
                "images": JSONValue(
                    (0..<10).map { image in
                        [
                            "names": [
                                "registry.example.com/team-\(image)/image@sha256:\(digest(&seed, length: 64))",
                                "registry.example.com/team-\(image)/image:v1.\(image)",
                            ],
                            "sizeBytes": JSONValue(Int(seed % 9_000_000_000)),
                        ]
                    }),
            ],
        ]
    }

    private static func metadata(name: String, labels: Int, annotations: Int, managedFields: Int) -> JSONValue {
        let fields = JSONValue.object(
            (0..<managedFields).map { number in
                ("f:field\(number)", ["f:value": [:], "k:{\"type\":\"kind-\(number)\"}": [".": [:]]])
            })
        return [
            "name": JSONValue(name), "uid": "6f8a6f0e-59c8-4a0c-9a0f-2b1d7c1e9a78", "resourceVersion": "812345677",
            "generation": 1, "creationTimestamp": "2026-02-11T07:00:00Z",
            "labels": .object(
                (0..<labels).map { ("topology.kubernetes.io/label-\($0)", JSONValue("value-\($0)")) }),
            "annotations": .object(
                (0..<annotations).map { ("node.alpha.kubernetes.io/annotation-\($0)", "{\"key\":\"value \($0)\"}") }),
            "managedFields": [
                [
                    "manager": "kubelet", "operation": "Update", "apiVersion": "v1", "time": "2026-03-01T10:15:30Z",
                    "fieldsType": "FieldsV1", "fieldsV1": ["f:status": fields], "subresource": "status",
                ]
            ],
        ]
    }

    private static func digest(_ seed: inout UInt64, length: Int) -> String {
        var text = ""
        while text.utf8.count < length {
            seed = seed &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            text += String(seed >> 16, radix: 16)
        }
        return String(text.prefix(length))
    }
}
