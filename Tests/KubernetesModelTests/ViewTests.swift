import JSON
import KubernetesModel
import Testing

@Suite("Views")
struct ViewTests {
    static let podText = #"""
        {"apiVersion":"v1","kind":"Pod","metadata":{"name":"w-0","namespace":"ml","uid":"u1","resourceVersion":"7",
        "labels":{"job-name":"w","replica-index":"3","bad-index":"x"},"annotations":{"kubedl.io/gang-min-member":"4",
        "kubedl.io/gpu-devices":"0, 2"},"ownerReferences":[{"apiVersion":"training.kubedl.io/v1alpha1","kind":"PyTorchJob",
        "name":"w","uid":"j1","controller":true,"blockOwnerDeletion":true}],"deletionTimestamp":null},
        "spec":{"containers":[{"name":"main","image":"i","ports":[{"name":"p","containerPort":1,"hostPort":20001}],
        "futureField":{"x":1.50e+3}}],"schedulingGates":[{"name":"kubedl.io/gang"}],"hostNetwork":true},
        "status":{"phase":"Failed","containerStatuses":[{"name":"main","state":{"terminated":{"exitCode":137,"signal":9,
        "reason":"Error","finishedAt":"2026-01-02T03:04:05Z"}}}]}}
        """#

    @Test("a pod is read field by field")
    func pod() throws {
        let pod = Pod(try JSONDocument(parsing: Self.podText))
        #expect(pod.key.description == "ml/w-0")
        #expect(pod.metadata.controller?.uid == "j1")
        #expect(pod.metadata.controller?.group == "training.kubedl.io")
        #expect(!pod.metadata.isDeleting)
        #expect(pod.metadata.labels[.jobName] == "w")
        #expect(pod.metadata.labels[.replicaIndex] == 3)
        #expect(pod.metadata.labels[LabelKey<Int>("bad-index")] == nil)
        #expect(pod.metadata.annotations[.gangMinMember] == 4)
        #expect(pod.metadata.annotations[.gpuDevices]?.elements == [0, 2])
        #expect(pod.spec.schedulingGates == [WellKnownNames.gangSchedulingGate])
        #expect(pod.spec.hostNetwork)
        #expect(pod.hostPorts.map(\.hostPort) == [20001])
        #expect(pod.isFinished)
        #expect(pod.status.containerStatuses.first?.termination?.exitCode == 137)
        #expect(pod.spec.terminationGracePeriodSeconds == 30)
    }

    @Test("an empty object reads as empty, never fails")
    func emptyObject() throws {
        for text in ["{}", #"{"metadata":null,"spec":[],"status":"x"}"#, #"{"metadata":{"name":1,"labels":[]}}"#] {
            let pod = Pod(try JSONDocument(parsing: text))
            #expect(pod.name.isEmpty)
            #expect(pod.metadata.labels.pairs.isEmpty)
            #expect(pod.spec.containers.isEmpty)
            #expect(pod.status.phase == .pending)
            #expect(pod.kind == "Pod")
        }
    }

    @Test("unknown fields come back byte for byte after a patch elsewhere")
    func roundTrip() throws {
        var value = try JSONValue(parsing: Self.podText)
        value.setLabel(.gangName, "g")
        value[path: ["spec", "nodeName"]] = "node-1"
        let text = value.text
        #expect(text.contains(#""futureField":{"x":1.50e+3}"#))
        #expect(text.contains(#""ports":[{"name":"p","containerPort":1,"hostPort":20001}]"#))
        let pod = try Pod(value)
        #expect(pod.metadata.labels[.gangName] == "g")
        #expect(pod.spec.nodeName == "node-1")
        value.setLabel(.gangName, nil)
        value[path: ["spec", "nodeName"]] = nil
        #expect(value == (try JSONValue(parsing: Self.podText)))
    }

    @Test("a service's target port is a number, a name or the port itself")
    func service() throws {
        let service = Service(
            try JSONDocument(
                parsing:
                    #"{"spec":{"clusterIP":"None","ports":[{"port":1},{"port":2,"targetPort":3},{"port":4,"targetPort":"x"}]}}"#
            ))
        #expect(service.isHeadless)
        #expect(service.clusterIP == nil)
        #expect(service.ports.map(\.targetPort) == [.number(1), .number(3), .name("x")])
    }

    @Test(
        "a toleration bears the taints it names",
        arguments: [
            (#"{"operator":"Exists"}"#, true), (#"{"key":"k","value":"v","effect":"NoSchedule"}"#, true),
            (#"{"key":"k","operator":"Exists"}"#, true), (#"{"key":"k","value":"w"}"#, false),
            (#"{"key":"other","operator":"Exists"}"#, false), (#"{"key":"k","value":"v","effect":"NoExecute"}"#, false),
            ("{}", false),
        ])
    func tolerations(text: String, bears: Bool) throws {
        let taint = Taint(try JSONDocument(parsing: #"{"key":"k","value":"v","effect":"NoSchedule"}"#))
        #expect(Toleration(try JSONDocument(parsing: text)).tolerates(taint) == bears)
    }

    @Test("paths address collections, objects and subresources")
    func paths() {
        #expect(ResourceType.pods.path() == "/api/v1/pods")
        #expect(ResourceType.pods.path(namespace: "ml") == "/api/v1/namespaces/ml/pods")
        #expect(
            ResourceType.pyTorchJobs.path(namespace: "ml", name: "a", subresource: "status")
                == "/apis/training.kubedl.io/v1alpha1/namespaces/ml/pytorchjobs/a/status")
        #expect(ResourceType.nodes.path(namespace: "x", name: "a/b?c") == "/api/v1/nodes/a%2Fb%3Fc")
    }

    @Test(
        "an object key comes back from its text",
        arguments: [("ml/a", true), ("a", true), ("", false), ("/a", false), ("a/b/c", false)])
    func keys(text: String, isKey: Bool) {
        #expect(ObjectKey(text)?.description == (isKey ? text : nil))
    }
}
