import JSON
import KubernetesModel
import Workloads

/// One pod for every index of every role: missing ones are made, others deleted.
enum ReplicaPolicy {
    static func apply(to pass: inout JobPass) {
        for entry in pass.job.replicas {
            let existing = pass.observed.pods.filter { $0.roleLabel == entry.role.label }
            // A pod that is going away still has the name.
            let taken = Set(existing.compactMap(\.index))
            guard mayStart(entry.role, pass) else { continue }
            for index in 0..<entry.count where !taken.contains(index) {
                let restarts = pass.status.counts(of: entry.role.name).restarts[index] ?? 0
                let builder = ReplicaBuilder(job: pass.job, role: entry.role, index: index, pass.configuration)
                pass.plan.creations.append(
                    JobCreation(kind: .pod, name: builder.name, body: builder.pod(restartCount: restarts)))
            }
            warnAboutTemplate(entry.role, isNew: taken.isEmpty, &pass)
        }
        if pass.plan.creations.contains(where: { $0.kind == .pod }) { addCompanions(&pass) }
        deleteSurplus(&pass)
    }

    /// Whenever pods are made, what they need is made first; that it is there already is no failure.
    private static func addCompanions(_ pass: inout JobPass) {
        guard let role = pass.profile.roles.first else { return }
        let owner = ReplicaBuilder(job: pass.job, role: role, index: 0, pass.configuration).ownerReference
        for object in pass.profile.companions(pass.job) {
            guard let kind = object["kind"]?.string.flatMap(JobCreation.Kind.init(rawValue:)),
                let name = object[path: "metadata", "name"]?.string
            else { continue }
            var body = object
            body[path: "metadata", "namespace"] = pass.job.metadata.namespace.map { JSONValue($0) }
            body[path: "metadata", "ownerReferences"] = [owner]
            pass.plan.companions.append(JobCreation(kind: kind, name: name, body: body))
        }
    }

    /// A gang's pods are all made at once, because it waits for them to exist. Without gangs a role waits until the
    /// roles it depends on run.
    private static func mayStart(_ role: RoleRule, _ pass: JobPass) -> Bool {
        if pass.configuration.usesGangs { return true }
        return role.startsAfter.allSatisfy { name in
            guard let upstream = pass.job.replicas.first(where: { $0.role.name == name }) else { return true }
            let started = pass.pods(of: upstream.role).filter { $0.phase != .pending && $0.phase != .unknown }
            return started.count >= upstream.count
        }
    }

    private static func deleteSurplus(_ pass: inout JobPass) {
        for pod in pass.observed.pods where !pod.isDeleting {
            let entry = pass.job.replicas.first { $0.role.label == pod.roleLabel }
            if let entry, let index = pod.index, (0..<entry.count).contains(index) { continue }
            pass.plan.deletions.append(JobDeletion(kind: .pod, name: pod.key.name, uid: pod.uid))
        }
    }

    private static func warnAboutTemplate(_ role: RoleRule, isNew: Bool, _ pass: inout JobPass) {
        guard isNew, let given = pass.job.replicaSpec(role)?.template?[path: "spec", "restartPolicy"]?.string,
            !given.isEmpty
        else { return }
        let policy = pass.restartPolicy(of: role)
        pass.plan.events.append(
            PlannedEvent(
                isWarning: true, reason: "SettedPodTemplateRestartPolicy",
                message: "restartPolicy \(given) in the template of \(role.name) is ignored: \(policy.rawValue) of the "
                    + "role decides"))
    }
}

/// One service for every index of roles that others connect to.
enum ServicePolicy {
    static func apply(to pass: inout JobPass) {
        for entry in pass.job.replicas where entry.role.hasService {
            for index in 0..<entry.count { plan(entry.role, index, &pass) }
        }
        for service in pass.observed.services where !service.isDeleting {
            let entry = pass.job.replicas.first { $0.role.label == service.roleLabel }
            if let entry, entry.role.hasService, let index = service.index, (0..<entry.count).contains(index) {
                continue
            }
            pass.plan.deletions.append(JobDeletion(kind: .service, name: service.key.name, uid: service.uid))
        }
    }

    private static func plan(_ role: RoleRule, _ index: Int, _ pass: inout JobPass) {
        let builder = ReplicaBuilder(job: pass.job, role: role, index: index, pass.configuration)
        let pod = pass.pods(of: role).first { $0.index == index }
        let restarts = pass.status.counts(of: role.name).restarts[index] ?? 0
        let port = pass.profile.defaultPort
        // What the webhook wrote counts; before that, what it will write.
        let target =
            HostPortAssignment.number(of: port.name, in: pod?.hostPorts)
            ?? builder.expectedHostPort(restartCount: pod?.restartCount ?? restarts)
        let existing = pass.observed.services.first { $0.roleLabel == role.label && $0.index == index }
        guard let existing else {
            pass.plan.creations.append(
                JobCreation(kind: .service, name: builder.name, body: builder.service(targetPort: target)))
            return
        }
        guard pass.job.usesHostNetwork, !existing.isDeleting, existing.targets[port.name] != .number(target) else {
            return
        }
        pass.plan.patches.append(
            ServicePatch(name: existing.key.name, patch: builder.servicePatch(targetPort: target)))
    }
}
