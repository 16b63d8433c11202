#!/bin/sh
# Issues a development certificate authority and the certificates that it signs. Not for production: there the helm
# chart issues certificates of its own.
#
#   certs/issue.sh DIR [--dns NAME]... [--ip ADDRESS]... [--client USER [--group GROUP]...] [--days N] [--force]
#
#   DIR/ca.crt  DIR/ca.key          the authority, made once and kept
#   DIR/tls.crt DIR/tls.key         a serving certificate for all names and addresses (default: localhost and 127.0.0.1)
#   DIR/client.crt DIR/client.key   with --client: a client certificate (user = common name, groups = organizations)
#
# Running it again changes nothing while the certificates fit what is asked for and stay valid for another day;
# what does not fit is issued anew. --force issues everything but the authority anew. Files appear whole or not at all.
set -eu

usage() {
    sed -n '2,13s/^# \{0,1\}//p' "$0" >&2
    exit 2
}
fail() {
    echo "issue.sh: $1" >&2
    exit 1
}

[ $# -ge 1 ] || usage
case $1 in -*) usage ;; esac
directory=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
names= addresses= user= groups= days=365 force=
while [ $# -gt 0 ]; do
    case $1 in
    --force) force=yes; shift; continue ;;
    --dns | --ip | --client | --group | --days) [ $# -ge 2 ] || fail "$1 needs a value" ;;
    *) usage ;;
    esac
    case $1 in
    --dns)
        case $2 in '' | *[!A-Za-z0-9._*-]*) fail "--dns $2: not a DNS name" ;; esac
        names="$names $2" ;;
    --ip)
        case $2 in '' | *[!0-9a-fA-F.:]*) fail "--ip $2: not an IP address" ;; esac
        addresses="$addresses $2" ;;
    --client | --group)
        case $2 in '' | *[!A-Za-z0-9._:@-]*) fail "$1 $2: only letters, digits and . _ : @ - are allowed" ;; esac
        if [ "$1" = --client ]; then user=$2; else groups="$groups $2"; fi ;;
    --days)
        case $2 in '' | *[!0-9]*) fail "--days $2: not a number" ;; esac
        days=$2 ;;
    esac
    shift 2
done
[ -n "$names$addresses" ] || { names=' localhost'; addresses=' 127.0.0.1'; }
[ -n "$user" ] || [ -z "$groups" ] || fail "--group needs --client"
command -v openssl >/dev/null || fail "openssl is not installed; install it, for example: apt-get install openssl"

umask 077
mkdir -p "$directory"
work=$(mktemp -d "$directory/.issue.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 129' HUP
trap 'exit 130' INT
trap 'exit 143' TERM

new_key() { openssl ecparam -name prime256v1 -genkey -noout -out "$1"; }
serial() { printf '0x%s' "$(openssl rand -hex 15)"; }
# Whether $1.crt is ours, belongs to $1.key, is valid for another day and was issued for the request text $2.
fits() {
    [ -z "$force" ] && [ -s "$directory/$1.crt" ] && [ -s "$directory/$1.key" ] &&
        [ "$(cat "$directory/.$1.request" 2>/dev/null)" = "$2" ] &&
        openssl x509 -in "$directory/$1.crt" -noout -checkend 86400 >/dev/null 2>&1 &&
        openssl verify -CAfile "$directory/ca.crt" "$directory/$1.crt" >/dev/null 2>&1 &&
        [ "$(openssl x509 -in "$directory/$1.crt" -noout -pubkey)" = "$(openssl pkey -in "$directory/$1.key" -pubout 2>/dev/null)" ]
}
# The key goes first, so that a reader never finds a certificate without its key for long.
install_pair() {
    chmod 644 "$work/$1.crt"
    mv "$work/$1.key" "$directory/$1.key"
    mv "$work/$1.crt" "$directory/$1.crt"
}
# leaf NAME SUBJECT SECTION REQUEST
leaf() {
    if fits "$1" "$4"; then
        echo "kept    $directory/$1.crt"
        return
    fi
    new_key "$work/$1.key"
    openssl req -new -utf8 -config "$work/openssl.cnf" -key "$work/$1.key" -subj "$2" -out "$work/$1.csr"
    openssl x509 -req -sha256 -in "$work/$1.csr" -CA "$directory/ca.crt" -CAkey "$directory/ca.key" \
        -set_serial "$(serial)" -days "$days" -extfile "$work/openssl.cnf" -extensions "$3" \
        -out "$work/$1.crt" 2>"$work/log" || fail "openssl: $(cat "$work/log")"
    install_pair "$1"
    printf '%s' "$4" >"$directory/.$1.request"
    echo "issued  $directory/$1.crt"
}

cp "$here/openssl.cnf" "$work/openssl.cnf"
chmod u+w "$work/openssl.cnf"
{
    echo
    echo '[names]'
    index=0
    set -f # "*" in a name is not a pattern
    for name in $names; do index=$((index + 1)); echo "DNS.$index = $name"; done
    for address in $addresses; do index=$((index + 1)); echo "IP.$index = $address"; done
    set +f
} >>"$work/openssl.cnf"

if [ -s "$directory/ca.crt" ] && [ -s "$directory/ca.key" ] &&
    openssl x509 -in "$directory/ca.crt" -noout -checkend 86400 >/dev/null 2>&1; then
    echo "kept    $directory/ca.crt"
else
    new_key "$work/ca.key"
    openssl req -x509 -new -utf8 -sha256 -config "$work/openssl.cnf" -key "$work/ca.key" -days 3650 \
        -set_serial "$(serial)" -subj "/CN=KubeDL development authority" -extensions authority -out "$work/ca.crt"
    install_pair ca
    echo "issued  $directory/ca.crt"
fi

leaf tls "/CN=KubeDL development server" server "dns$names ip$addresses days $days"
if [ -n "$user" ]; then
    subject="/CN=$user"
    for group in $groups; do subject="$subject/O=$group"; done
    leaf client "$subject" client "user $user groups$groups days $days"
fi
