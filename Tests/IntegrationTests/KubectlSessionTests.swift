import TestSupport
import Testing

/// kubectl 1.36 as a user of any cluster types it. Source of the outputs: what it prints for a kube-apiserver 1.36.
@Suite("kubectl on a local cluster", .bareCluster)
struct KubectlSessionTests {
    let cluster: BareCluster

    init() throws { cluster = try #require(BareCluster.current) }

    @Test("get prints every form, sorted, selected and in pages")
    func reading() async throws {
        try await cluster.play(
            [
                Step("kubectl apply -f pod.yaml", "pod/web created", "configmap/settings created"),
                Step("kubectl wait --for=condition=Ready pod/web", "pod/web condition met"),
                Step("kubectl get pods", "NAME READY STATUS RESTARTS AGE\nweb 2/2 Running 0"),
                Step("kubectl get pods -o wide", "IP NODE NOMINATED NODE READINESS GATES", "<none> <none>"),
                Step("kubectl get pods,cm -o name", "pod/web\nconfigmap/kube-root-ca.crt\nconfigmap/settings"),
                Step("kubectl get pods --show-labels", "app=web,tier=front"),
                Step("kubectl get pods -L app,tier", "APP TIER\n", "web front"),
                Step("kubectl get pods -l 'app in (web),tier!=back' -o name", "pod/web"),
                Step("kubectl get pods -l tier=back", "No resources found"),
                Step("kubectl get pods --field-selector status.phase=Running,spec.nodeName!=x -o name", "pod/web"),
                .refused("kubectl get pods --field-selector spec.x=1", "field label not supported: spec.x"),
                Step("kubectl get pods -A --sort-by=.metadata.creationTimestamp", "NAMESPACE NAME READY"),
                Step("kubectl get cm settings -o jsonpath='{.data.a}'", "1"),
                Step("kubectl get cm settings -o go-template='{{.data.a}}'", "1"),
                Step("kubectl get cm settings -o yaml", "kind: ConfigMap\n"),
                Step("kubectl get cm -o custom-columns=N:.metadata.name,A:.data.a", "N A\n", "settings 1"),
                Step("kubectl get cm --chunk-size=1 -o name | wc -l", "2"),
                Step("kubectl get pod web --subresource=status -o jsonpath={.status.phase}", "Running"),
                Step("kubectl get --raw /api/v1/namespaces/reading/pods?limit=1", #""kind":"PodList""#),
                Step("kubectl get --raw '/readyz?verbose'", "readyz check passed"),
                .refused("kubectl get pod none", #"Error from server (NotFound): pods "none" not found"#),
                .refused("kubectl get nothings", #"the server doesn't have a resource type "nothings""#),
                Step("kubectl events --for pod/web", "Scheduled Pod/web"),
                Step("kubectl describe pod web", "Node: node-", "main:", "PodScheduled True", "Events:"),
                Step("command kubectl __complete -n reading get pods ''", "web\n:4"),
                Step(
                    "timeout 1 kubectl -n reading get cm -w --output-watch-events; true",
                    "EVENT NAME DATA AGE\nADDED kube-root"),
                Step("kubectl logs web", #"Defaulted container "main" out of: main, side"#, "one\ntwo"),
                Step("kubectl logs web -c side --prefix", "[pod/web/side] side"),
                Step("kubectl logs -l app=web --all-containers --tail=1", "two\n", "side\n"),
                Step("kubectl logs web --timestamps --since=1h | head -1", "Z one"),
                .refused("kubectl logs web -c none", "container none is not valid for pod web"),
                Step("kubectl exec web -c side -- echo inside", "inside"),
                Step("kubectl delete pod web --now --wait=false", #"pod "web" deleted"#),
                Step("kubectl wait --for=delete pod/web"),
            ], namespace: "reading", files: ["pod.yaml": Manifests.pod])
    }

    @Test("apply, diff, edit and kustomize keep what others own")
    func applying() async throws {
        let conflict = #"Apply failed with 1 conflict: conflict with "one": .data.a"#
        try await cluster.play(
            [
                Step("kubectl apply -f map.yaml", "configmap/map created"),
                Step("kubectl apply -f map.yaml", "configmap/map unchanged"),
                Step("sed 's/\"1\"/\"2\"/' map.yaml | kubectl diff -f -; [ $? = 1 ]", "-  a: \"1\"\n+  a: \"2\""),
                Step(
                    "sed 's/\"1\"/\"2\"/' map.yaml | kubectl apply -f - --dry-run=server", "configured (server dry run)"
                ),
                Step("sed 's/\"1\"/\"2\"/' map.yaml | kubectl apply -f - --dry-run=client -o yaml", #"a: "2""#),
                Step("kubectl get cm map -o jsonpath={.data.a}", "1"),
                Step("EDITOR=\"sed -i 's/a: .1.$/a: four/'\" kubectl edit cm map", "configmap/map edited"),
                Step("EDITOR=true kubectl edit cm map", "Edit cancelled, no changes made."),
                Step("kubectl replace -f map.yaml", "configmap/map replaced"),
                Step("kubectl replace --force -f map.yaml", "configmap/map replaced"),
                Step("kubectl delete -f map.yaml", #"configmap "map" deleted"#),
                Step("kubectl apply --server-side --field-manager=one -f map.yaml", "serverside-applied"),
                .refused(
                    "sed 's/\"1\"/\"2\"/' map.yaml | kubectl apply --server-side --field-manager=two -f -", conflict),
                Step(
                    "sed 's/\"1\"/\"2\"/' map.yaml | kubectl apply --server-side --field-manager=two --force-conflicts -f -"
                ),
                Step("kubectl get cm map -o yaml --show-managed-fields", "manager: two\n    operation: Apply"),
                Step("kubectl delete cm map; kubectl apply -f map.yaml"),
                .refused(
                    "sed 's/^data/dada/' map.yaml | kubectl apply -f -",
                    "The request is invalid: patch: Invalid value: \"map[apiVersion:v1 dada:map[a:1] kind:ConfigMap"
                ),
                Step("mkdir all; cp map.yaml all/a.yaml; sed s/map/other/ map.yaml > all/b.yaml"),
                Step("kubectl apply -f all --prune -l part=x --prune-allowlist=core/v1/ConfigMap", "other created"),
                Step("rm all/b.yaml"),
                Step("kubectl apply -f all --prune -l part=x --prune-allowlist=core/v1/ConfigMap", "other pruned"),
                Step("printf 'resources: [a.yaml]\\nnamePrefix: k-\\n' > all/kustomization.yaml"),
                Step("kubectl apply -k all", "configmap/k-map created"),
                .refused(
                    "sed s/^data/dada/ map.yaml | kubectl create -f -",
                    #"ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "dada""#
                ),
                Step(
                    "sed 's/^data/dada/;s/map/warn/' map.yaml | kubectl create --validate=warn -f -",
                    #"Warning: unknown field "dada""#),
                Step(
                    "sed 's/^data/dada/;s/map/mute/' map.yaml | kubectl create --validate=ignore -f -", "mute created"),
            ], namespace: "applying", files: ["map.yaml": Manifests.map])
    }

    @Test("patches, labels, scales and settings change what they name")
    func changing() async throws {
        try await cluster.play(
            [
                Step("kubectl create deployment web --image=x --replicas=0 -- sleep 1000"),
                Step("kubectl patch deploy web -p '{\"metadata\":{\"labels\":{\"a\":\"b\"}}}'", "web patched"),
                Step(
                    "kubectl patch deploy web --type=merge -p '{\"metadata\":{\"labels\":{\"a\":\"b\"}}}'",
                    "(no change)"),
                Step("kubectl patch deploy web --type=json -p '[{\"op\":\"remove\",\"path\":\"/metadata/labels/a\"}]'"),
                Step(
                    "kubectl patch deploy web --subresource=scale --type=merge -p '{\"spec\":{\"replicas\":0}}'",
                    "scale"),
                .refused(
                    "kubectl patch deploy web --type=merge -p '{\"spec\":{\"replicas\":\"x\"}}'",
                    "The request is invalid: patch: Invalid value: \"{\\\"apiVersion\\\":\\\"apps/v1\\\""),
                .refused(
                    "kubectl patch deploy web -p '{\"spec\":{\"replicas\":-1}}'",
                    #"The Deployment "web" is invalid: spec.replicas: Invalid value: -1: must be greater than or equal to 0"#
                ),
                Step("kubectl get deploy web --subresource=scale", "NAME DESIRED AVAILABLE AGE\nweb 0 0"),
                Step("kubectl scale deploy web --replicas=0 --current-replicas=0", "deployment.apps/web scaled"),
                .refused(
                    "kubectl scale deploy web --replicas=2 --current-replicas=9", "Expected replicas to be 9, was 0"),
                Step("kubectl set image deploy/web x=y", "image updated"),
                Step("kubectl set env deploy/web A=1; kubectl set env deploy/web --list", "A=1"),
                Step("kubectl set resources deploy/web --limits=cpu=1", "resource requirements updated"),
                Step("kubectl set serviceaccount deploy web default", "serviceaccount updated"),
                Step("kubectl label deploy web x=y", "labeled"),
                .refused("kubectl label deploy web x=z", "already has a value (y), and --overwrite is false"),
                Step(
                    "kubectl label deploy web x-; kubectl annotate deploy web note='of mine'", "unlabeled", "annotated"),
                Step("kubectl expose deploy web --port=80", "service/web exposed"),
                Step("kubectl set selector svc web app=other", "selector updated"),
                Step("kubectl run one --image=x --restart=Never --dry-run=client -o yaml", "restartPolicy: Never"),
                Step("kubectl run one --image=x --dry-run=server -o name", "pod/one"),
                Step("kubectl autoscale deploy web --min=1 --max=2 --cpu=80%", "autoscaled"),
                Step("kubectl get hpa", "web Deployment/web cpu: <unknown>/80% 1 2 0"),
                Step("kubectl delete deploy web --cascade=foreground", #"deployment.apps "web" deleted"#),
            ], namespace: "changing")
    }

    @Test("every generator makes its kind, and get and describe show it")
    func creating() async throws {
        try await cluster.play(
            [
                Step("echo text > file; kubectl create configmap files --from-file=file --from-literal=a=b"),
                Step("kubectl create secret generic opaque --from-literal=k=v"),
                Step(
                    "kubectl create secret docker-registry pull --docker-server=s --docker-username=u --docker-password=p"
                ),
                Step("kubectl get secret", "opaque Opaque 1", "pull kubernetes.io/dockerconfigjson 1"),
                Step("kubectl create job once --image=x -- true"),
                Step("kubectl create cronjob daily --image=x --schedule='@daily' -- true"),
                Step(
                    "kubectl get cronjob",
                    "NAME SCHEDULE TIMEZONE SUSPEND ACTIVE LAST SCHEDULE AGE\ndaily @daily <none>"),
                Step("kubectl create service clusterip inner --tcp=80:8080"),
                Step("kubectl create service loadbalancer outer --tcp=80"),
                Step("kubectl create service externalname alias --external-name=example.com"),
                Step("kubectl get svc", "alias ExternalName <none> example.com", "outer LoadBalancer", "<pending>"),
                Step("kubectl create serviceaccount bot"),
                Step("kubectl create role reader --verb=get,list --resource=pods,deployments.apps"),
                Step("kubectl create rolebinding bot --role=reader --serviceaccount=creating:bot --user=joe"),
                Step("kubectl get rolebinding -o wide", "NAME ROLE AGE USERS GROUPS SERVICEACCOUNTS\nbot Role/reader"),
                Step("kubectl create clusterrole nodes --verb=get --resource=nodes -o name"),
                Step("kubectl create clusterrolebinding nodes --clusterrole=nodes --group=staff"),
                Step("kubectl create priorityclass creating --value=10; kubectl get pc creating", "creating 10 false"),
                Step("kubectl create ingress front --rule=a.example/x=inner:80,tls=cert --class=c"),
                Step("kubectl get ingress", "NAME CLASS HOSTS ADDRESS PORTS AGE\nfront c a.example 80, 443"),
                Step("kubectl create pdb budget --selector=app=web --min-available=50%"),
                Step("kubectl get pdb", "NAME MIN AVAILABLE MAX UNAVAILABLE ALLOWED DISRUPTIONS AGE\nbudget 50% N/A 0"),
                Step("kubectl create quota limit --hard=secrets=2,limits.cpu=4"),
                Step("kubectl wait --for=jsonpath='{.status.used.secrets}'=2 quota/limit", "condition met"),
                Step("kubectl get quota", "NAME REQUEST LIMIT AGE\nlimit secrets: 2/2 limits.cpu: 0/4"),
                .refused(
                    "kubectl create secret generic more", "exceeded quota: limit, requested: secrets=1, used: secrets=2"
                ),
                Step("kubectl apply -f rest.yaml", "persistentvolume/disk created"),
                Step(
                    "kubectl get sc,pv,pvc", "fast (default) none Retain Immediate", "1Gi RWO,RWX Retain",
                    "mine"),
                Step(
                    "kubectl get ds,netpol", "DESIRED CURRENT READY UP-TO-DATE AVAILABLE NODE SELECTOR", "shut app=web"),
                Step("kubectl get limits", "NAME CREATED AT\n"),
                Step(
                    "for kind in $(kubectl api-resources --verbs=list -o name); do "
                        + "kubectl describe $kind > text 2>&1 || cat text; done | grep -v '^Warning: v1 Endpoints' | wc -l",
                    "0"),
                Step("kubectl describe quota limit", "Resource Used Hard"),
                Step("kubectl describe svc kubernetes -n default", "Endpoints: 127.0.0.1:"),
                Step("kubectl get endpoints -n default", "Warning: v1 Endpoints is deprecated in v1.33+; use"),
                Step("kubectl delete sc,pv,priorityclass --all --dry-run=server", "fast"),
                Step("kubectl delete -f rest.yaml", #"daemonset.apps "each" deleted"#),
            ], namespace: "creating", files: ["rest.yaml": Manifests.rest])
    }

    @Test("access questions, tokens and explanations are answered")
    func asking() async throws {
        try await cluster.play(
            [
                Step("kubectl create serviceaccount bot; kubectl create role r --verb=list --resource=pods"),
                Step("kubectl create rolebinding r --role=r --serviceaccount=asking:bot"),
                Step("kubectl auth can-i list pods --as=system:serviceaccount:asking:bot", "yes"),
                .refused("kubectl auth can-i delete pods --as=system:serviceaccount:asking:bot", "no"),
                Step("kubectl auth can-i --list --as=system:serviceaccount:asking:bot", "pods [] [] [list]"),
                Step("kubectl auth whoami", "Username kubernetes-admin"),
                Step("kubectl auth whoami --as=joe --as-group=g", "Groups [g system:authenticated]"),
                .refused("kubectl get pods --as=joe", #"User "joe" cannot list resource "pods" in API group """#),
                Step("kubectl --token=$(kubectl create token bot) auth can-i list pods"),
                Step("kubectl explain deployment.spec.replicas", "FIELD: replicas <integer>"),
                Step("kubectl explain pod --recursive", "hostPort <integer>"),
                .refused("kubectl explain pod.spec.none", #"field "none" does not exist"#),
                Step("kubectl apply -f widget.yaml; kubectl wait --for=condition=Established crd/widgets.example.com"),
                Step("kubectl explain widget.spec", "What is wanted.", "size <integer>\n    How large it is."),
                Step("kubectl api-resources --api-group=apps", "deployments deploy apps/v1 true Deployment"),
                Step("kubectl api-versions", "apps/v1\n", "\nv1"),
                Step("kubectl version", "Server Version: v1.36"),
                Step("kubectl cluster-info", "Kubernetes control plane is running at https://127.0.0.1:"),
                .refused("kubectl top nodes", "Metrics API not available"),
                .refused("kubectl certificate approve x", "certificatesigningrequests"),
            ], namespace: "asking", files: ["widget.yaml": try Manifests.widget()])
    }
}

/// Taints, cordons and drains.
@Suite("kubectl on the nodes of a local cluster", .bareCluster)
struct KubectlNodeTests {
    @Test("nodes are tainted, cordoned and drained, which disruption budgets hold back")
    func nodes() async throws {
        let cluster = try #require(BareCluster.current)
        try await cluster.play(
            [
                Step("kubectl taint node node-3 k=v:NoSchedule", "node/node-3 tainted"),
                Step("kubectl taint node node-3 k-", "node/node-3 untainted"),
                Step("kubectl cordon node-3; kubectl get node node-3", "Ready,SchedulingDisabled"),
                Step("kubectl uncordon node-3", "node/node-3 uncordoned"),
                Step("kubectl apply -f pod.yaml; kubectl wait --for=condition=Ready pod/web", "condition met"),
                .refused("kubectl drain node-1 node-2 node-3", "cannot delete Pods that declare no controller"),
                Step("kubectl create pdb keep --selector=app=web --min-available=1"),
                .refused("timeout 2 kubectl drain node-1 node-2 node-3 --force", "evicting pod nodes/web"),
                Step("kubectl get pod web -o name; kubectl delete pdb keep", "pod/web"),
                Step(
                    "kubectl drain node-1 node-2 node-3 --force", "evicting pod nodes/web", "pod/web evicted", "drained"
                ),
                Step("kubectl uncordon node-1 node-2 node-3"),
            ], namespace: "nodes", files: ["pod.yaml": Manifests.pod])
    }
}
