import JSON
import KubernetesClient
import Testing
import YAML

/// The suite's own custom resource, with a field for each thing that a schema can say.
enum Widget {
    static func definitionPath(in cluster: ClusterUnderTest) -> String {
        "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.\(cluster.group)"
    }

    /// Creates the definition and waits until the resource is served.
    static func install(in cluster: ClusterUnderTest) async throws {
        let documents = try YAML.parse(definition.replacing("{group}", with: cluster.group))
        let body = try #require(documents.first)
        _ = try await cluster.client.raw(
            "POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body: body.bytes)
        try await eventually("widgets are served") {
            try? await cluster.client.raw("GET", "/apis/\(cluster.group)/v1/widgets")
        }
    }

    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: 'widgets.{group}'}
        spec:
          group: '{group}'
          scope: Namespaced
          names: {plural: widgets, singular: widget, kind: Widget, listKind: WidgetList, shortNames: [wdg],
            categories: [conformance]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources:
              status: {}
              scale: {specReplicasPath: .spec.replicas, statusReplicasPath: .status.replicas,
                labelSelectorPath: .status.selector}
            selectableFields: [{jsonPath: .spec.color}]
            additionalPrinterColumns:
            - {name: Color, type: string, jsonPath: .spec.color, description: The color.}
            - {name: Replicas, type: integer, jsonPath: .spec.replicas, priority: 1}
            - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    x-kubernetes-validations:
                    - {rule: '!has(self.low) || !has(self.high) || self.low <= self.high',
                       message: low must not exceed high}
                    - {rule: '!has(self.high) || self.high < 1000', reason: FieldValueForbidden, fieldPath: .high,
                       messageExpression: '"high is " + string(self.high)'}
                    properties:
                      color: {type: string, enum: [red, green, blue]}
                      size: {type: string, default: medium, maxLength: 10, minLength: 2}
                      code: {type: string, pattern: '^[a-z]+$'}
                      replicas: {type: integer, format: int32, minimum: 0, maximum: 10}
                      ratio: {type: number, multipleOf: 0.5}
                      enabled: {type: boolean}
                      when: {type: string, format: date-time}
                      low: {type: integer}
                      high: {type: integer}
                      fixed:
                        type: string
                        x-kubernetes-validations: [{rule: self == oldSelf, message: fixed is immutable}]
                      port: {x-kubernetes-int-or-string: true}
                      nothing: {type: string, nullable: true}
                      nullDefault: {type: string, default: given}
                      free: {type: object, x-kubernetes-preserve-unknown-fields: true}
                      labels: {type: object, additionalProperties: {type: string}, maxProperties: 2}
                      tags: {type: array, x-kubernetes-list-type: set, items: {type: string}, maxItems: 3}
                      numbers: {type: array, items: {type: integer}, minItems: 1}
                      parts:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [name]
                        items:
                          type: object
                          required: [name]
                          properties:
                            name: {type: string}
                            count: {type: integer, default: 1}
                      nested:
                        type: object
                        required: [must]
                        properties:
                          must: {type: string}
                          mode: {type: string, default: auto}
                  status:
                    type: object
                    properties:
                      phase: {type: string}
                      replicas: {type: integer}
                      selector: {type: string}
          - name: v1alpha1
            served: true
            storage: false
            deprecated: true
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
          - name: v0
            served: false
            storage: false
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
        """
}
