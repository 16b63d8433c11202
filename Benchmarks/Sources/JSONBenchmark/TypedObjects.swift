/// The same objects as structs for `JSONDecoder`, the way typed clients declare them: what Kubernetes may leave out is
/// optional. Managed fields are left out, which is to the decoder's advantage.
struct TypedMetadata: Decodable {
    struct Owner: Decodable {
        var apiVersion: String
        var kind: String
        var name: String
        var uid: String
        var controller: Bool?
        var blockOwnerDeletion: Bool?
    }

    var name: String?
    var namespace: String?
    var uid: String?
    var resourceVersion: String?
    var generation: Int?
    var creationTimestamp: String?
    var labels: [String: String]?
    var annotations: [String: String]?
    var ownerReferences: [Owner]?
}

struct TypedReview: Decodable {
    struct GroupKind: Decodable {
        var group: String
        var version: String
        var kind: String?
        var resource: String?
    }

    struct User: Decodable {
        var username: String
        var uid: String?
        var groups: [String]?
    }

    struct Request: Decodable {
        var uid: String
        var kind: GroupKind
        var resource: GroupKind
        var namespace: String?
        var operation: String
        var userInfo: User
        var object: TypedPod?
        var oldObject: TypedPod?
        var dryRun: Bool?
    }

    var kind: String
    var apiVersion: String
    var request: Request
}

struct TypedPod: Decodable {
    struct Variable: Decodable {
        var name: String
        var value: String?
    }

    struct Port: Decodable {
        var name: String?
        var containerPort: Int
        var hostPort: Int?
        var `protocol`: String?
    }

    struct Resources: Decodable {
        var limits: [String: String]?
        var requests: [String: String]?
    }

    struct Mount: Decodable {
        var name: String
        var mountPath: String
        var readOnly: Bool?
    }

    struct Capabilities: Decodable {
        var add: [String]?
        var drop: [String]?
    }

    struct Security: Decodable {
        var capabilities: Capabilities?
        var runAsNonRoot: Bool?
        var allowPrivilegeEscalation: Bool?
    }

    struct Container: Decodable {
        var name: String
        var image: String?
        var command: [String]?
        var args: [String]?
        var env: [Variable]?
        var ports: [Port]?
        var resources: Resources?
        var volumeMounts: [Mount]?
        var terminationMessagePath: String?
        var terminationMessagePolicy: String?
        var imagePullPolicy: String?
        var securityContext: Security?
    }

    struct Claim: Decodable {
        var claimName: String
    }

    struct Volume: Decodable {
        var name: String
        var persistentVolumeClaim: Claim?
    }

    struct Toleration: Decodable {
        var key: String?
        var `operator`: String?
        var effect: String?
        var tolerationSeconds: Int?
    }

    struct Spec: Decodable {
        var volumes: [Volume]?
        var initContainers: [Container]?
        var containers: [Container]
        var restartPolicy: String?
        var terminationGracePeriodSeconds: Int?
        var dnsPolicy: String?
        var serviceAccountName: String?
        var serviceAccount: String?
        var nodeName: String?
        var hostNetwork: Bool?
        var schedulerName: String?
        var tolerations: [Toleration]?
        var priority: Int?
        var enableServiceLinks: Bool?
        var preemptionPolicy: String?
    }

    var kind: String?
    var apiVersion: String?
    var metadata: TypedMetadata
    var spec: Spec
}

struct TypedNodeList: Decodable {
    var items: [TypedNode]
}

struct TypedNode: Decodable {
    struct Taint: Decodable {
        var key: String
        var value: String?
        var effect: String
    }

    struct Spec: Decodable {
        var podCIDR: String?
        var podCIDRs: [String]?
        var providerID: String?
        var unschedulable: Bool?
        var taints: [Taint]?
    }

    struct Condition: Decodable {
        var type: String
        var status: String
        var lastHeartbeatTime: String?
        var lastTransitionTime: String?
        var reason: String?
        var message: String?
    }

    struct Address: Decodable {
        var type: String
        var address: String
    }

    struct Info: Decodable {
        var machineID: String
        var bootID: String
        var kernelVersion: String
        var osImage: String
        var containerRuntimeVersion: String
        var kubeletVersion: String
        var operatingSystem: String
        var architecture: String
    }

    struct Image: Decodable {
        var names: [String]?
        var sizeBytes: Int?
    }

    struct Status: Decodable {
        var capacity: [String: String]?
        var allocatable: [String: String]?
        var conditions: [Condition]?
        var addresses: [Address]?
        var nodeInfo: Info?
        var images: [Image]?
    }

    var metadata: TypedMetadata
    var spec: Spec
    var status: Status
}
