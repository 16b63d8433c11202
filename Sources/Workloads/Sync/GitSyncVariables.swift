import JSON
import KubernetesModel

extension GitSyncConfiguration {
    /// The variables through which images built on kubernetes/git-sync are told what to fetch, as core/v1 EnvVar.
    ///
    /// Credentials come from the Secret by reference. Source: KubeDL code sync; kubernetes/git-sync v3.
    package var gitSyncVariables: [JSONValue] {
        var variables: [ReplicaVariable] = [
            ReplicaVariable("GIT_SYNC_REPO", source), ReplicaVariable("GIT_SYNC_ONE_TIME", "true"),
            ReplicaVariable("GIT_SYNC_MAX_SYNC_FAILURES", String(maximumFailures)),
            ReplicaVariable("GIT_SYNC_ROOT", rootPath), ReplicaVariable("GIT_SYNC_DEST", destination),
        ]
        if let branch { variables.append(ReplicaVariable("GIT_SYNC_BRANCH", branch)) }
        if let revision { variables.append(ReplicaVariable("GIT_SYNC_REV", revision)) }
        if let depth { variables.append(ReplicaVariable("GIT_SYNC_DEPTH", String(depth))) }
        if usesSSH || GitSource.usesSSH(source) {
            variables.append(ReplicaVariable("GIT_SYNC_SSH", "true"))
            let secretKey = secretName.map { _ in SyncPlan.secretDirectory(0) + "/ssh-privatekey" }
            if let file = keyFile ?? secretKey { variables.append(ReplicaVariable("GIT_SSH_KEY_FILE", file)) }
        }
        if let user { variables.append(ReplicaVariable("GIT_SYNC_USERNAME", user)) }
        var json = variables.map(\.json)
        if let secretName {
            if user == nil { json.append(Self.variable("GIT_SYNC_USERNAME", secretName, "username")) }
            json.append(Self.variable("GIT_SYNC_PASSWORD", secretName, "password"))
        }
        return json
    }

    private static func variable(_ name: String, _ secret: String, _ key: String) -> JSONValue {
        let reference: JSONValue = .object([("name", JSONValue(secret)), ("key", JSONValue(key)), ("optional", true)])
        return .object([("name", JSONValue(name)), ("valueFrom", .object([("secretKeyRef", reference)]))])
    }
}
