#!/usr/bin/env bash
# What docs/deploy has, as far as one machine can try it: the unit by systemd-analyze, the manifests by kubernetes-validate
# (PyPI, with its schemas), the root file system of the image in a chroot, as its user, with nothing that it may write to
# but /data, and the image itself, built and run by Podman and runc (Debian's packages), if they are there. The stage
# of the image that compiles wants a base from a registry; what it makes is handed over instead. Needs root.
#   scripts/deploy.sh [PROGRAM, target/debug/example-powerauth-data-adapter if none]
set -euo pipefail
cd "$(dirname "$0")/.."
program=${1:-target/debug/example-powerauth-data-adapter}
work=$(mktemp -d)
adapter=
cleanup() {
  set +e
  [ -z "$adapter" ] || kill "$adapter" 2>/dev/null
  wait 2>/dev/null
  [ ! -d "$work/images" ] || engine rm --all --force >/dev/null 2>&1
  umount "$work/root/data" "$work/root" 2>/dev/null
  rm -rf "$work"
}
trap cleanup EXIT
engine() { podman --root "$work/images" --runroot "$work/run" --storage-driver vfs --cgroup-manager cgroupfs --runtime runc "$@"; }
is() { [ "$1" = "$2" ] || { echo "expected \"$2\", found \"$1\""; exit 1; }; }

until_ready() {
  for _ in $(seq 100); do curl -sf http://127.0.0.1:18681/health/ready && { echo; return; }; sleep 0.2; done
  return 1
}

echo "== unit"
# The program that the unit names is not on this machine; its place is.
sed "s|/usr/local/bin/adapter|/bin/true|" docs/deploy/systemd/adapter.service >"$work/adapter.service"
systemd-analyze verify --man=no "$work/adapter.service"
systemd-analyze security --offline=true --threshold=20 "$work/adapter.service" | tail -1

echo "== manifests"
python3 -m venv "$work/venv"
"$work/venv/bin/pip" -q install kubernetes-validate==1.34.1
"$work/venv/bin/kubernetes-validate" --strict docs/deploy/kubernetes/*.yaml

echo "== root file system"
docs/deploy/rootfs.sh "$program" "$work/root"
mkdir -p "$work/etc"
for key in codes counters pepper audit; do
  openssl rand -base64 48 | install -o 65532 -m 0400 /dev/stdin "$work/etc/$key"
done
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost \
  -addext subjectAltName=DNS:localhost -keyout "$work/server.key" -out "$work/etc/server.pem" 2>/dev/null
install -o 65532 -m 0400 "$work/server.key" "$work/etc/server.key"
cp "$work/etc/server.pem" "$work/etc/clients.pem"
cat >"$work/etc/settings.yaml" <<'YAML'
listen: 0.0.0.0:18643
ops: { listen: 127.0.0.1:18681 }
tls:
  certificate: /etc/adapter/server.pem
  key: file:/etc/adapter/server.key
  client_ca: /etc/adapter/clients.pem
callers: { powerauth: { certificate: any } }
store: embedded:/data/adapter.db
audit: { node: image }
keys:
  codes: file:/etc/adapter/codes
  counters: file:/etc/adapter/counters
  pepper: file:/etc/adapter/pepper
  audit: file:/etc/adapter/audit
sms: { countries: [CZ], budget_per_hour: 100 }
application: { environment: TEST }
YAML
cp -a "$work/etc" "$work/root/etc/adapter"
# Everything but /data is read only, as in the image.
mount --bind "$work/root" "$work/root"
mount --bind "$work/root/data" "$work/root/data"
mount -o remount,bind,ro "$work/root"
(cd "$work/root" && find . -type f | sed 's/^/  /' | sort)
chroot --userspec=65532:65532 "$work/root" /adapter --settings /etc/adapter/settings.yaml --check-settings
chroot --userspec=65532:65532 "$work/root" /adapter --settings /etc/adapter/settings.yaml >"$work/log" 2>&1 &
adapter=$!
until_ready || { cat "$work/log"; exit 1; }
if chroot --userspec=65532:65532 "$work/root" /bin/sh -c true 2>/dev/null; then echo "there is a shell"; exit 1; fi
kill -TERM "$adapter"
wait "$adapter"
adapter=
umount "$work/root/data" "$work/root"

echo "== image"
if ! { command -v podman && command -v runc; } >/dev/null; then
  echo "SKIPPED: podman or runc is not there"
  echo "all else well"
  exit
fi
docs/deploy/rootfs.sh "$program" "$work/built/rootfs"
engine build --quiet --isolation chroot -f docs/deploy/Dockerfile --build-arg "ADAPTER=$(basename "$program")" \
  --build-context "build=$work/built" -t adapter "$work/built"
engine image inspect --format 'user {{.Config.User}}, entry {{.Config.Entrypoint}}, {{.Size}} bytes' adapter
limits=(--read-only --read-only-tmpfs=false --cap-drop all --security-opt no-new-privileges --memory 512m --network host)
# No more than this shell has, so nothing has to be raised.
limits+=(--ulimit "nofile=$(ulimit -Sn):$(ulimit -Hn)" --ulimit nproc=4096:4096)
engine run --detach --name adapter "${limits[@]}" -v "$work/etc:/etc/adapter:ro" -v adapter-data:/data adapter >/dev/null
until_ready || { engine logs adapter; exit 1; }
shell=0
engine exec adapter /bin/sh -c true 2>/dev/null || shell=$?
is "$shell" 127
status=/proc/$(engine inspect --format '{{.State.Pid}}' adapter)/status
is "$(awk '/^Uid/ { print $2 }' "$status")" 65532
is "$(awk '/^CapEff/ { print $2 }' "$status")" 0000000000000000
is "$(awk '/^NoNewPrivs/ { print $2 }' "$status")" 1
engine stop --time 30 adapter >/dev/null
is "$(engine inspect --format '{{.State.ExitCode}}' adapter)" 0
# What it kept is there for the next one.
kept=$(engine run --rm "${limits[@]}" -v "$work/etc:/etc/adapter:ro" -v adapter-data:/data adapter audit verify)
echo "$kept"
is "$(grep -c '^[1-9][0-9]* records in .* are as they were written$' <<<"$kept")" 1
engine rm adapter >/dev/null
echo "all well"
