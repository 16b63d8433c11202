/// Shell scripts for what a pod network consists of. They say `started` on descriptor 3 once they are done, or why they
/// failed. They touch nothing but interfaces that carry our name and mark.
enum NetworkScript {
    /// Prints the machine's routes and addresses.
    static let survey = #"""
        ip -4 -o route show table all; ip -4 -o address show
        printf 'started\n' >&3
        """#

    /// Arguments: bridge, its address with prefix, range of services. What a cluster that was killed
    /// left under the name is removed first.
    static let open = #"""
        fail() { printf '%s\n' "$1" >&3; exit 1; }
        exec 2>&3
        bridge=$1 address=$2 services=$3
        mark=/sys/class/net/$bridge/ifalias
        if [ -e "$mark" ]; then
          [ "$(cat "$mark")" = kubedl-local ] || fail "the interface $bridge is there and not of kubedl-local"
          ip link delete "$bridge"
        fi
        ip link add "$bridge" type bridge || fail "cannot add a bridge"
        ip link set "$bridge" alias kubedl-local
        undo() { ip link delete "$bridge"; fail "$1"; }
        ip address add "$address" dev "$bridge" || undo "cannot give the bridge an address"
        ip link set "$bridge" up || undo "cannot turn the bridge on"
        ip route add local "$services" dev "$bridge" || undo "cannot route the addresses of services"
        printf 'started\n' >&3
        """#

    /// Gives addresses of nodes to the machine itself. Arguments: bridge, addresses.
    static let adopt = #"""
        exec 2>&3
        bridge=$1
        shift
        for node in "$@"; do ip address add "$node/32" dev "$bridge" || exit 1; done
        printf 'started\n' >&3
        """#

    /// Arguments: `up` or `down`, host's ends of links. One that is gone meanwhile is no failure.
    static let turn = #"""
        state=$1
        shift
        for link in "$@"; do ip link set "$link" "$state"; done
        printf 'started\n' >&3
        """#

    /// Argument: bridge.
    static let close = #"""
        mark=/sys/class/net/$1/ifalias
        if [ -e "$mark" ] && [ "$(cat "$mark")" = kubedl-local ]; then ip link delete "$1"; fi
        printf 'started\n' >&3
        """#

    /// Run in a new network namespace, which lives as long as it does. Arguments: process of the host's namespace, bridge,
    /// name of the host's end of the link, address with prefix, gateway.
    static let hold = #"""
        fail() { printf '%s\n' "$1" >&3; exit 1; }
        exec 2>&3
        host() { nsenter --net="/proc/$process/ns/net" "$@"; }
        process=$1 bridge=$2 link=$3 address=$4 gateway=$5
        [ ! -e "/sys/class/net/$link" ] || host ip link delete "$link"
        host ip link add "$link" type veth peer name eth0 netns "$$" || fail "cannot add a link"
        host ip link set "$link" master "$bridge" up || fail "cannot join the bridge"
        ip link set lo up && ip address add "$address" dev eth0 && ip link set eth0 up || fail "cannot set the address"
        ip route add default via "$gateway" || fail "cannot set the route"
        printf 'started\n' >&3
        exec 2>/dev/null
        exec sleep infinity
        """#
}
