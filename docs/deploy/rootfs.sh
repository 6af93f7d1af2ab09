#!/usr/bin/env bash
# Makes the root file system of an image: rootfs.sh PROGRAM FOLDER. It holds the program as /adapter, the shared libraries
# that it is linked with, a user, authorities for the bank's own calls, and an empty /data that this user may write to.
set -euo pipefail
program=$1
root=$2
user=65532

mkdir -p "$root"/{etc/ssl/certs,data}
install -m 0755 "$program" "$root/adapter"
# Each line of ldd names a library and where it is; the loader has its path alone.
ldd "$program" | grep -o '/[^ ]*' | sort -u | while read -r library; do
  install -D -m 0755 "$library" "$root$library"
done
printf 'adapter:x:%s:%s::/data:/nonexistent\n' "$user" "$user" >"$root/etc/passwd"
printf 'adapter:x:%s:\n' "$user" >"$root/etc/group"
printf 'hosts: files dns\n' >"$root/etc/nsswitch.conf"
if [ -f /etc/ssl/certs/ca-certificates.crt ]; then
  install -m 0644 /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/ca-certificates.crt"
fi
chown "$user:$user" "$root/data"
chmod 0700 "$root/data"
