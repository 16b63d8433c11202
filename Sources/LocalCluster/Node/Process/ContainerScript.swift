/// The shell script that turns a started process into a container: it is run by bash, as process 1 of new namespaces where
/// the machine allows them, and runs the container's program as its child.
///
/// Arguments: mode (`namespaces` or `plain`), scratch folder, image folder or empty, host name or empty, working directory
/// or empty, further overlayfs options, control group or empty; then a count and that many mounts (kind, source, target, `ro` or `rw`); then a count
/// and that many options of setpriv; then the program and its arguments. Being process 1, the script is what takes signals
/// without effect, and the program keeps the usual effects of signals, as under `docker run --init`.
enum ContainerScript {
    /// The exit code of a preparation that failed; the reason is written to descriptor 3.
    static let failedPreparation = 125

    /// The text of the script.
    static let text = #"""
        set -u
        container_path=${PATH-}
        PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin
        exec 5>&2 2>&3
        trap : TERM INT HUP
        fail() { printf '%s\n' "$1" >&3; exit 125; }
        mode=$1 scratch=$2 image=$3 name=$4 workdir=$5 options=$6 group=$7
        shift 7
        number=0
        overlay() { mount -t overlay -o "$1" kubedl "$2"; }

        # Lays a writable copy of the host's folder $1, covered by folder $2, at its place below $root. Layers must not
        # contain each other, so the covering folder first becomes a file system of its own; where that is one level too
        # many (a host that is a container itself), it is copied.
        lay() {
          number=$((number + 1))
          mkdir "$scratch/upper$number" "$scratch/work$number" || return 1
          upper="upperdir=$scratch/upper$number,workdir=$scratch/work$number$options"
          if [ -n "$2" ]; then
            mkdir "$scratch/image$number" || return 1
            overlay "lowerdir=$2:$scratch/none" "$scratch/image$number" &&
              overlay "lowerdir=$scratch/image$number:$1,$upper" "$root$1" && return 0
          fi
          overlay "lowerdir=$1,$upper" "$root$1" || return 1
          [ -z "$2" ] || cp -a "$2/." "$root$1/"
        }

        # The same folder by folder: what a user without privileges may do, to whom the kernel refuses the whole of / while
        # other file systems are mounted in it.
        lay_folders() {
          mount --bind "$root" "$root" || return 1
          for entry in /* /.[!.]*; do
            case "$entry" in /proc | /sys | /dev | /lost+found) continue ;; esac
            if [ -L "$entry" ]; then
              cp -P "$entry" "$root$entry"
            elif [ -d "$entry" ]; then
              mkdir "$root$entry" || return 1
              over=
              if [ -n "$image" ] && [ -d "$image$entry" ]; then over=$image$entry; fi
              lay "$entry" "$over" 2>/dev/null || mount --rbind "$entry" "$root$entry"
            elif [ -f "$entry" ]; then
              : >"$root$entry" && mount --bind "$entry" "$root$entry"
            fi
          done
          [ -z "$image" ] && return 0
          for entry in "$image"/*; do
            name_in_root=$root/${entry##*/}
            [ -e "$name_in_root" ] || [ -L "$name_in_root" ] || cp -a "$entry" "$name_in_root" || return 1
          done
        }

        # The host's other file systems, each covered in the same way. Pseudo file systems follow in their own ways.
        lay_mounts() {
          while read -r _ _ _ _ point _; do
            point=$(printf '%b' "${point//\\/\\0}")
            case "$point/" in
              // | /proc/* | /sys/* | /dev/* | "$scratch"/* | /etc/hosts/ | /etc/hostname/) continue ;;
            esac
            [ -e "$point" ] || continue
            if [ -d "$point" ]; then
              mkdir -p "$root$point" || continue
              over=
              if [ -n "$image" ] && [ -d "$image$point" ]; then over=$image$point; fi
              lay "$point" "$over" 2>/dev/null || mount --bind "$point" "$root$point"
            elif [ -e "$root$point" ]; then
              mount --bind "$point" "$root$point"
            fi
          done </proc/self/mountinfo
        }

        devices() {
          mount -t tmpfs -o mode=0755 tmpfs "$root/dev" || fail "cannot mount /dev"
          mkdir "$root/dev/shm" "$root/dev/pts"
          mount -t tmpfs -o mode=1777 tmpfs "$root/dev/shm"
          mount -t devpts -o newinstance,ptmxmode=0666,mode=0620 devpts "$root/dev/pts"
          ln -s pts/ptmx "$root/dev/ptmx"
          ln -s /proc/self/fd "$root/dev/fd"
          ln -s /proc/self/fd/0 "$root/dev/stdin"
          ln -s /proc/self/fd/1 "$root/dev/stdout"
          ln -s /proc/self/fd/2 "$root/dev/stderr"
          for device in /dev/null /dev/zero /dev/full /dev/random /dev/urandom /dev/tty /dev/nvidia* /dev/kfd /dev/dri; do
            [ -e "$device" ] || continue
            if [ -d "$device" ]; then mkdir "$root$device"; else : >"$root$device"; fi
            mount --rbind "$device" "$root$device"
          done
        }

        file_system() {
          root=$scratch/root
          if [ -n "$name" ]; then
            hostname "$name" || printf '%s' "$name" >/proc/sys/kernel/hostname || fail "cannot set the host name $name"
          fi
          mount -t tmpfs -o mode=0755 kubedl "$scratch" || fail "cannot mount a tmpfs on $scratch"
          mkdir "$root" "$scratch/none" || fail "cannot prepare $scratch"
          lay / "$image" || { [ -n "$options" ] && lay_folders; } || fail "cannot lay a file system over the host's"
          lay_mounts
          mkdir -p "$root/proc" "$root/dev" "$root/sys" "$root/.host" "$root/tmp"
          mount -t proc proc "$root/proc" || mount --rbind /proc "$root/proc" || fail "cannot mount /proc"
          mount --rbind /sys "$root/sys"
          devices
          cd "$root" && pivot_root . .host && cd / || fail "cannot enter the container's file system"
          [ -e /etc/nsswitch.conf ] || printf 'hosts: files dns\n' >/etc/nsswitch.conf
        }

        add_mount() {
          if [ "$1" = link ]; then
            mkdir -p "${3%/*}/" && ln -sfn "$2" "$3" || fail "cannot link $3"
            return
          fi
          if [ "$1" = directory ]; then
            mkdir -p "$3" || fail "cannot make the mount point $3"
          elif [ ! -e "$3" ]; then
            mkdir -p "${3%/*}/" && : >"$3" || fail "cannot make the mount point $3"
          fi
          mount --bind "/.host$2" "$3" || fail "cannot mount $2 at $3"
          [ "$4" = rw ] || mount -o remount,bind,ro "$3" || fail "cannot make the mount at $3 read-only"
        }

        if [ "$mode" = namespaces ]; then file_system; fi
        count=$1
        shift
        while [ "$count" -gt 0 ]; do
          add_mount "$1" "$2" "$3" "$4"
          shift 4
          count=$((count - 1))
        done
        if [ "$mode" = namespaces ]; then
          umount -l /.host && rmdir /.host || fail "cannot leave the host's file system"
        fi
        if [ -n "$workdir" ]; then
          mkdir -p "$workdir" && cd "$workdir" || fail "cannot enter the working directory $workdir"
        fi
        privileges=()
        count=$1
        shift
        while [ "$count" -gt 0 ]; do
          privileges+=("$1")
          shift
          count=$((count - 1))
        done
        environment=$(type -P env) || fail "the machine has no env program"
        setpriv=$(type -P setpriv) || fail "the machine has no setpriv program"
        PATH=$container_path
        type -P -- "$1" >/dev/null || fail "exec: \"$1\": executable file not found in \$PATH"
        unset SHLVL OLDPWD
        [ -z "$group" ] || echo 0 >"$group/cgroup.procs" || fail "cannot join the control group $group"
        printf 'started\n' >&3
        exec 2>/dev/null
        "$setpriv" "${privileges[@]}" -- "$environment" -u _ -- "$@" 2>&5 5>&- 3>&-
        exit $?
        """#
}
