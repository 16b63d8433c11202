/// The bytes of a text while its tape is made. Two words, so that it travels in registers.
///
/// All reads check their bounds in ``byte(_:)`` and ``word(_:)``.
struct JSONText {
    private let base: UnsafeRawPointer
    let count: Int

    /// `nil` if there are no bytes.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard let base = bytes.baseAddress, !bytes.isEmpty else { return nil }
        self.base = base
        count = bytes.count
    }

    /// The byte at an offset of at least 0; past the end it is 0, which has no place outside strings.
    @inline(always)
    func byte(_ at: Int) -> UInt8 {
        at < count ? base.load(fromByteOffset: at, as: UInt8.self) : 0
    }

    /// Eight bytes from an offset of at least 0, the first in the lowest bits; `nil` if there are fewer.
    @inline(always)
    func word(_ at: Int) -> UInt64? {
        guard at &+ 8 <= count else { return nil }
        return UInt64(littleEndian: base.loadUnaligned(fromByteOffset: at, as: UInt64.self))
    }

    /// The offset of the first byte that is not white space.
    @inline(always)
    func skipSpace(_ start: Int) -> Int {
        byte(start) > Byte.space ? start : skipSpaceRun(start)
    }

    @inline(never)
    private func skipSpaceRun(_ start: Int) -> Int {
        var at = start
        while at < count {
            while word(at) == 0x2020_2020_2020_2020 { at += 8 }
            switch byte(at) {
            case Byte.space, Byte.newline, Byte.carriageReturn, Byte.tab: at += 1
            default: return at
            }
        }
        return at
    }
}
