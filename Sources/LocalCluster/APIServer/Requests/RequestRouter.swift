import JSON
import KubernetesModel
import Logging
import Serving
import YAML

/// Answers HTTP requests: who asks, what the path means, which verb it is, and how the answer is written.
struct RequestRouter: Sendable {
    let core: APICore
    let podLogs: (any PodLogSource)?
    let podSessions: (any PodSessionSource)?
    let logger: Logger
    /// `host:port`, for discovery.
    let address: @Sendable () -> String

    func respond(_ request: ServerRequest) async -> ServerResponse {
        let start = ContinuousClock().now
        var response: ServerResponse
        do throws(StatusBody) {
            response = try await answer(request)
        } catch {
            response = Self.failure(error)
        }
        do { try await core.store.settle() } catch { response = Self.failure(error) }
        logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.path)", "status": "\(response.status)",
                "user": "\(request.peer?.commonName ?? "")", "duration": "\(ContinuousClock().now - start)",
            ])
        return response
    }

    private func answer(_ request: ServerRequest) async throws(StatusBody) -> ServerResponse {
        let user = try caller(request).acting(as: request.headers)
        let path = RequestPath(request.path)
        if case .other(let text) = path, let response = try open(text, request) { return response }
        if user.isAnonymous { throw .unauthorized() }
        switch path {
        case .resource(let resource): return try await self.resource(resource, request, user)
        case .other(let text):
            try checkPath(request, user)
            return try closed(text, request)
        default:
            try checkPath(request, user)
            return try discovery(path, request)
        }
    }

    /// Who asks: by certificate, else by token.
    private func caller(_ request: ServerRequest) throws(StatusBody) -> RequestUser {
        if let peer = request.peer {
            return .certificate(commonName: peer.commonName, organizations: peer.organizations)
        }
        let parts = (request.headers["Authorization"] ?? "").split(separator: " ")
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return .anonymous }
        return try core.user(ofToken: String(parts[1]))
    }

    // MARK: Paths outside the API groups

    /// What everyone may read.
    private func open(_ path: String, _ request: ServerRequest) throws(StatusBody) -> ServerResponse? {
        let first = path.split(separator: "/").first.map(String.init) ?? ""
        switch first {
        case "healthz", "livez", "readyz": return health(first, request)
        case "version": return .json(DiscoveryDocuments.version.bytes)
        default: return nil
        }
    }

    private func closed(_ path: String, _ request: ServerRequest) throws(StatusBody) -> ServerResponse {
        guard request.method == "GET" else { throw .methodNotAllowed() }
        let parts = path.split(separator: "/").map(String.init)
        let catalog = core.registry.catalog
        if parts.isEmpty {
            return .json(
                JSONValue.object([("paths", ["/api", "/apis", "/healthz", "/openapi/v2", "/openapi/v3", "/version"])])
                    .bytes)
        }
        if parts == ["openapi", "v2"] { return OpenAPIVersion2.response(accept: request.headers["Accept"]) }
        guard parts.starts(with: ["openapi", "v3"]) else { throw .pathNotFound() }
        let rest = Array(parts.dropFirst(2))
        var document: JSONValue?
        switch (rest.count, rest.first) {
        case (0, _): document = OpenAPIDocuments.index(catalog, hash: String(core.store.revision))
        case (2, "api"): document = OpenAPIDocuments.document(group: "", version: rest[1], catalog)
        case (3, "apis"): document = OpenAPIDocuments.document(group: rest[1], version: rest[2], catalog)
        default: break
        }
        guard let document else { throw .pathNotFound() }
        return .json(document.bytes)
    }

    var access: AccessRules { AccessRules(store: core.store) }

    /// Throws 403 for a path outside the resources that the user may not use.
    private func checkPath(_ request: ServerRequest, _ user: RequestUser) throws(StatusBody) {
        var wanted = AccessRequest(user: user, verb: request.method.lowercased())
        wanted.path = request.path
        try access.check(wanted)
    }

    private func discovery(_ path: RequestPath, _ request: ServerRequest) throws(StatusBody) -> ServerResponse {
        guard request.method == "GET" else { throw .methodNotAllowed() }
        let catalog = core.registry.catalog
        let form = try ResponseForm.negotiate(accept: request.headers["Accept"])
        if form == .aggregatedDiscovery, path == .coreVersions || path == .groups {
            var response = ServerResponse.json(
                DiscoveryDocuments.aggregated(core: path == .coreVersions, catalog).bytes)
            response.headers["Content-Type"] =
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
            return response
        }
        let document: JSONValue?
        switch path {
        case .coreVersions: document = DiscoveryDocuments.coreVersions(address: address())
        case .groups: document = DiscoveryDocuments.groupList(catalog)
        case .group(let name): document = DiscoveryDocuments.group(name, catalog)
        case .groupVersion(let group, let version):
            document = DiscoveryDocuments.resourceList(group: group, version: version, catalog)
        default: document = nil
        }
        guard let document else { throw .pathNotFound() }
        return .json(document.bytes)
    }

    // MARK: Resources

    private func resource(
        _ path: ResourcePath, _ request: ServerRequest, _ user: RequestUser
    ) async throws(StatusBody) -> ServerResponse {
        let isWatch = path.isLegacyWatch || request.query.contains { $0.0 == "watch" && $0.1 != "false" && $0.1 != "0" }
        try access.check(
            AccessRequest(
                path, method: request.method, isWatch: isWatch, fieldSelector: request.query("fieldSelector"),
                user: user))
        guard
            let definition = core.registry.catalog.find(
                group: path.group, version: path.version, plural: path.plural)
        else { throw .pathNotFound() }
        if definition.isReview {
            guard request.method == "POST" else { throw .methodNotAllowed() }
            let body = try RequestBody.object(request.body, contentType: request.headers["Content-Type"])
            return .json(AccessReviews(rules: access).answer(body, definition, user: user).bytes, status: 201)
        }
        if path.namespace != nil, !definition.isNamespaced { throw .pathNotFound() }
        if let subresource = path.subresource, !definition.has(subresource: subresource) {
            let known = ["portforward", "proxy", "token", "resize", "ephemeralcontainers"]
            throw known.contains(subresource)
                ? .notImplemented("\(path.plural)/\(subresource)") : .pathNotFound()
        }
        if definition.isNamespaced, path.namespace == nil, path.name != nil { throw .pathNotFound() }
        let query = QueryParameters(request.query)
        var context = RequestContext(path: path, definition: definition, query: query, user: user)
        context.write = try WriteParameters(query)
        let isStream = ["attach", "exec"].contains(path.subresource)
        if path.subresource != "log", !isStream {
            context.form = try ResponseForm.negotiate(accept: request.headers["Accept"])
        }
        context.contentType = request.headers["Content-Type"]
        context.userAgent = request.headers["User-Agent"] ?? ""
        context.body = request.body
        context.isPatch = request.method == "PATCH"
        if isStream { return try await stream(context, request) }
        var response: ServerResponse
        do throws(StatusBody) {
            response = try await perform(request.method, context)
            if ResponseForm.isYAML(accept: request.headers["Accept"]) { response = response.asYAML }
        } catch {
            // Who is refused is warned as well.
            response = Self.failure(error)
        }
        if let warning = definition.deprecation { context.warnings.add(warning) }
        for warning in context.warnings.all {
            response.headers.add("Warning", "299 - \"\(Self.quoted(warning))\"")
        }
        return response
    }

    private func perform(_ method: String, _ context: RequestContext) async throws(StatusBody) -> ServerResponse {
        if method == "GET", try isWatch(context) { return try watch(context) }
        switch (method, context.path.name, context.path.subresource) {
        case ("GET", _, "log"?): return try logs(context)
        case ("GET", _?, "scale"?): return json(core.objectBody(try core.scale(context), context))
        case ("PUT", _?, "scale"?), ("PATCH", _?, "scale"?):
            return json(core.objectBody(try await core.changeScale(context), context))
        case ("GET", nil, _): return json(try core.list(context))
        case ("GET", _?, _): return json(core.objectBody(try core.get(context), context))
        case ("POST", _?, "binding"?): return json(try await core.bind(context), status: 201)
        case ("POST", _?, "token"?): return json(try core.requestToken(context), status: 201)
        case ("POST", _?, "eviction"?): return json(try await core.evict(context), status: 201)
        case ("POST", nil, _) where !context.definition.isNamespaced || context.path.namespace != nil:
            return json(core.objectBody(try await core.create(context), context), status: 201)
        case ("PUT", _?, _):
            let (object, wasCreated) = try await core.update(context)
            return json(core.objectBody(object, context), status: wasCreated ? 201 : 200)
        case ("PATCH", _?, _):
            let (object, wasCreated) = try await core.patch(context)
            return json(core.objectBody(object, context), status: wasCreated ? 201 : 200)
        case ("DELETE", _?, nil): return json(core.objectBody(try await core.delete(context), context))
        case ("DELETE", nil, _) where context.definition.verbs.contains("deletecollection"):
            return json(try await core.deleteCollection(context))
        default: throw .methodNotAllowed()
        }
    }

    private func isWatch(_ context: RequestContext) throws(StatusBody) -> Bool {
        if context.path.isLegacyWatch { return true }
        guard context.path.name == nil else { return false }
        return try context.query.flag("watch")
    }

    private func watch(_ context: RequestContext) throws(StatusBody) -> ServerResponse {
        let session = try WatchSession(core: core, context: context)
        return ServerResponse(
            status: 200, headers: ["Content-Type": "application/json"],
            body: .stream { writer in
                try await session.run { try await writer.write($0) }
            })
    }

    private func logs(_ context: RequestContext) throws(StatusBody) -> ServerResponse {
        let pod = try core.current(context)
        let container = try ContainerLogReference.choose(in: pod.json, named: context.query["container"])
        let options = try PodLogOptions(context.query, now: core.clock())
        if let problem = container.problem(in: pod.json, previous: options.previous) { throw problem }
        guard !container.nodeName.isEmpty else {
            return ServerResponse(status: 200, headers: ["Content-Type": "text/plain"])
        }
        guard let podLogs else { throw .notImplemented("logs without a node agent") }
        return ServerResponse(
            status: 200, headers: ["Content-Type": "text/plain"],
            body: .stream { writer in
                do {
                    try await podLogs.streamLogs(of: container, options: options) { try await writer.write($0) }
                } catch let error as PodLogError {
                    try await writer.write(Array("\(error.message)\n".utf8))
                }
            })
    }

    private func health(_ name: String, _ request: ServerRequest) -> ServerResponse {
        let isVerbose = request.query.contains { $0.0 == "verbose" }
        let text = isVerbose ? "[+]ping ok\n[+]log ok\n[+]etcd ok\n\(name) check passed\n" : "ok"
        return ServerResponse(
            status: 200, headers: ["Content-Type": "text/plain; charset=utf-8"], body: .bytes(Array(text.utf8)))
    }

    // MARK: Answers

    private func json(_ value: JSONValue, status: Int = 200) -> ServerResponse { .json(value.bytes, status: status) }

    static func failure(_ error: StatusBody) -> ServerResponse {
        var response = ServerResponse.json(error.value.bytes, status: error.code)
        if let seconds = error.details?.retryAfterSeconds, seconds > 0 {
            response.headers["Retry-After"] = String(seconds)
        }
        return response
    }

    /// A text inside the quotes of a Warning header: RFC 7234 section 5.5, control characters as spaces.
    private static func quoted(_ text: String) -> String {
        var quoted = ""
        for scalar in text.unicodeScalars.prefix(4096) {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20 || scalar.value == 0x7F: quoted += " "
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted
    }
}

extension ServerResponse {
    /// The same answer as YAML; streams and answers that are no JSON stay as they are.
    fileprivate var asYAML: ServerResponse {
        guard case .bytes(let bytes) = body, let value = try? JSONValue(parsing: bytes) else { return self }
        var response = self
        response.body = .bytes(Array(YAML.emit(value).utf8))
        response.headers["Content-Type"] = "application/yaml"
        return response
    }
}
