import JSON

/// Makes AdmissionReviews as kube-apiserver sends them.
enum Review {
    static let pods = #"{"group":"","version":"v1","resource":"pods"}"#
    static let jobs = #"{"group":"training.kubedl.io","version":"v1alpha1","resource":"pytorchjobs"}"#

    static func make(_ resource: String, _ object: String) throws -> JSONValue {
        try JSONValue(
            parsing: """
                {"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":{"uid":"u-1","operation":"CREATE",\
                "resource":\(resource),"namespace":"ml","name":"a","object":\(object),"oldObject":null,"dryRun":false}}
                """)
    }

    static func pod(labels: [String: String] = [:], padding: Int = 0) throws -> JSONValue {
        var review = try make(
            pods,
            #"{"apiVersion":"v1","kind":"Pod","metadata":{"name":"a"},"spec":{"containers":[{"name":"c","image":"i"}]}}"#
        )
        for (name, value) in labels {
            review[path: ["request", "object", "metadata", "labels", name]] = JSONValue(value)
        }
        if padding > 0 {
            review[path: ["request", "object", "metadata", "annotations", "padding"]] = JSONValue(
                String(repeating: "x", count: padding))
        }
        return review
    }

    static func job(_ spec: String) throws -> JSONValue {
        try make(
            jobs,
            #"{"apiVersion":"training.kubedl.io/v1alpha1","kind":"PyTorchJob","metadata":{"name":"a"},"spec":\#(spec)}"#
        )
    }
}
