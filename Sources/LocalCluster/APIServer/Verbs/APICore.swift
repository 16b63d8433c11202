import JSON
import KubernetesModel
import Logging

/// The verbs of the API on the store. Sockets, paths and formats are outside.
struct APICore: Sendable {
    let store: Store
    let registry: ResourceRegistry
    let addresses: ServiceAddresses
    let admission: AdmissionChain
    let tokens: ServiceAccountTokens
    /// How long new pods tolerate taints of nodes unless they say so, by the taints' keys.
    let tolerated: [(key: String, seconds: Int)]
    let clock: @Sendable () -> Timestamp
    let logger: Logger

    /// The stored form of an object as its definition's version shows it.
    func served(_ object: JSONValue, as definition: ResourceDefinition) -> JSONValue {
        converted(to: definition.apiVersion, object, definition)
    }

    /// An object of a request in the form in which it is stored.
    func stored(_ object: JSONValue, of definition: ResourceDefinition) -> JSONValue {
        converted(to: definition.storageAPIVersion, object, definition)
    }

    /// Custom resources have the conversion strategy None: only `apiVersion` differs. Events have fields of other names.
    private func converted(to apiVersion: String, _ object: JSONValue, _ definition: ResourceDefinition) -> JSONValue {
        guard object["apiVersion"]?.string != apiVersion else { return object }
        if definition.storage == .events {
            return apiVersion == "v1" ? EventConversion.toCoreV1(object) : EventConversion.toEventsV1(object)
        }
        var object = object
        object["apiVersion"] = JSONValue(apiVersion)
        return object
    }

    func get(_ context: RequestContext) throws(StatusBody) -> JSONValue {
        served(try current(context).value, as: context.definition)
    }

    func current(_ context: RequestContext) throws(StatusBody) -> StoredObject {
        guard let object = store.get(context.definition.storage, context.key) else {
            throw .notFound(context.definition.groupResource, name: context.name)
        }
        return object
    }

    /// Follows up on a change that others read from memory: definitions and service addresses.
    func committed(_ resource: GroupResource, removed: JSONValue? = nil) {
        switch resource {
        case .customResourceDefinitions:
            registry.renew(customResourceDefinitions: store.list(resource).objects.map(\.json))
            for definition in registry.catalog.definitions where definition.custom != nil {
                store.open(definition.storage)
            }
            // Watches of definitions that are gone end.
            store.wakeAll()
        case .services:
            if let address = removed?[path: "spec", "clusterIP"]?.string { addresses.release(address) }
        default: break
        }
    }
}
