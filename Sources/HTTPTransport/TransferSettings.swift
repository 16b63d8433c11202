/// What all transfers of a client have in common.
struct TransferSettings: Sendable {
    var tls: TLSOptions
    var proxy: String?
}
