#!/bin/bash
# The page docs/deployment.md, tried as somebody new would: every command of it in a root of its own, for a hub and for an
# agent, with the cron daemon and the rsyslog of Debian. systemd runs in no such root: `systemctl` stands in for it here,
# and starts what a unit says, as its user, with its variables and credentials.
#
# usage: deployment.sh PACKAGE NODE NODE_MODULES HUB_COMMANDS AGENT_COMMANDS SYSLOG_COMMANDS
set -u
if [ -z "${IN_TRIAL-}" ]; then IN_TRIAL=1 exec unshare --mount --pid --fork --net --uts --mount-proc "$0" "$@"; fi
package=$1 node=$2 modules=$3 hub_commands=$4 agent_commands=$5 syslog_commands=$6
ip link set lo up
hostname trial
base=$(mktemp -d)
mount -t tmpfs -o mode=755 trial "$base"
failed=0
say() { printf '%s\n' "$*"; }
is() { if eval "$2"; then say "ok      $1"; else say "FAILED  $1"; failed=1; fi; }

# --- roots -------------------------------------------------------------------------------------------------------------
# What Debian has under /usr, and nothing that this machine has under /etc, /var and /home but the basics.
make_root() {
  local root=$base/$1
  mkdir -p "$root"/{usr,etc,var,run,tmp,root,home,dev,proc,sys} "$base/over/$1"/{up,work}
  mount -t overlay overlay -o "lowerdir=/usr,upperdir=$base/over/$1/up,workdir=$base/over/$1/work" "$root/usr"
  for link in bin sbin lib lib64; do ln -s "usr/$link" "$root/$link"; done
  for one in passwd group shadow gshadow login.defs nsswitch.conf ld.so.cache ld.so.conf ld.so.conf.d pam.d security \
    alternatives localtime rsyslog.conf services protocols ssl default; do
    [ -e "/etc/$one" ] && cp -a "/etc/$one" "$root/etc/"
  done
  sed -i '/^monitor:/d' "$root"/etc/{passwd,group,shadow,gshadow}
  mkdir -p "$root"/etc/{cron.d,rsyslog.d,logrotate.d,systemd/system} "$root"/var/{lib,log,tmp,backups,spool/cron/crontabs,spool/rsyslog,mail}
  printf '127.0.0.1 localhost trial hub.example.com\n' >"$root/etc/hosts"
  printf 'SHELL=/bin/sh\nPATH=/usr/local/sbin:/usr/local/bin:/sbin:/bin:/usr/sbin:/usr/bin\n' >"$root/etc/crontab"
  ln -s ../run "$root/var/run"
  chmod 1777 "$root"/tmp "$root"/var/tmp
  mount --rbind /dev "$root/dev"
  mount -t proc proc "$root/proc"
  mount --rbind -o ro /sys "$root/sys"
  # What the package needs beside itself is what `npm install` would fetch: the checkout has it.
  mkdir -p "$root/usr/local/lib/node_modules/monitor" "$root/usr/local/sbin" "$root/usr/local/bin"
  tar -xzf "$package" -C "$root/usr/local/lib/node_modules/monitor" --strip-components=1
  mkdir "$root/usr/local/lib/node_modules/monitor/node_modules"
  mount --bind -o ro "$modules" "$root/usr/local/lib/node_modules/monitor/node_modules"
  [ -x "$root/usr/bin/node" ] || { touch "$root/usr/local/bin/node"; mount --bind "$node" "$root/usr/local/bin/node"; }
  ln -s ../lib/node_modules/monitor/bin/monitor "$root/usr/local/bin/monitor"
  ln -s usr/local/lib/node_modules/monitor/docs "$root/docs"
  stand_in sudo "$root" <<'SH'
#!/bin/bash
user=root
[ "$1" = -u ] && { user=$2; shift 2; }
exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/ "$@"
SH
  stand_in systemctl "$root" <<'SH'
#!/bin/bash
# Starts what a unit says. What it does not know of systemd, systemd-analyze verify judges.
start() {
  local unit=$1 line key value user=root credentials=/run/credentials/$1 log=/var/log/journal-of-$1 command= ; local -a env=()
  [ "$unit" = rsyslog.service ] && { rsyslogd; return; }
  mkdir -p "$credentials"
  [ -f "/run/$unit.pid" ] && { kill "$(cat "/run/$unit.pid")" 2>/dev/null; while kill -0 "$(cat "/run/$unit.pid")" 2>/dev/null; do sleep 0.1; done; }
  while IFS= read -r line; do
    key=${line%%=*} value=${line#*=}
    case $key in
      User) user=$value ;;
      StateDirectory) install -d -m 0700 -o "$user" -g "$user" "/var/lib/$value" ;;
      LogsDirectory) install -d -m 0750 "/var/log/$value"; chown "$user" "/var/log/$value" ;;
      Environment) env+=("${value//%d/$credentials}") ;;
      LoadCredential) install -m 0400 -o "$user" "${value#*:}" "$credentials/${value%%:*}" || return 1 ;;
      StandardError) log=${value#append:} ;;
      EnvironmentFile) [ -f "${value#-}" ] && while IFS= read -r line; do [ -n "$line" ] && env+=("$line"); done <"${value#-}" ;;
      ExecStart) command=$value ;;
    esac
  done < <(cat "/etc/systemd/system/$unit" "/etc/systemd/system/$unit.d/"*.conf 2>/dev/null)
  chown "$user" "$credentials"
  set -- setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups env -i PATH=/usr/bin:/bin "${env[@]}" $command
  if grep -q '^Type=oneshot' "/etc/systemd/system/$unit"; then "$@" >>"$log" 2>&1; else
    "$@" >>"$log" 2>&1 & echo $! >"/run/$unit.pid"
  fi
}
case $1 in
  daemon-reload | list-timers) ;;
  enable | restart)
    shift
    for name in "$@"; do
      case $name in
        --now) ;;
        *.timer) start "${name%.timer}.service" ;;
        *) start "${name%.service}.service" ;;
      esac || exit 1
    done ;;
  *) echo "systemctl $*: not stood in for" >&2; exit 1 ;;
esac
SH
  stand_in journalctl "$root" <<'SH'
#!/bin/sh
cat /var/log/journal-of-* 2>/dev/null
SH
  # Cron's mail.
  rm -f "$root/usr/sbin/sendmail"
  printf '#!/bin/sh\ncat >>/var/mail/all\n' >"$root/usr/sbin/sendmail"
  chmod +x "$root/usr/sbin/sendmail"
  install -m 0666 /dev/null "$root/var/mail/all"
}
stand_in() { cat >"$2/usr/local/sbin/$1"; chmod +x "$2/usr/local/sbin/$1"; }
inside() { local root=$base/$1; shift; chroot "$root" env -i PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin HOME=/root "$@"; }
# Every command of the page by itself: the first that fails is named.
follow() {
  inside "$1" bash -euc 'set -o pipefail; trap '\''echo "FAILED  on the page, exit code $?: $BASH_COMMAND"'\'' ERR; cd /; '"$2"
  is "every command for the $3" "[ $? = 0 ]"
}
until_true() { for _ in $(seq "$1"); do eval "$2" && return 0; sleep 0.25; done; return 1; }

# --- a hub -------------------------------------------------------------------------------------------------------------
make_root hub
[ "$(chroot "$base/hub" sh -c 'command -v monitor')" ] || exit 1
follow hub "$hub_commands" hub
is 'the hub answers that it is ready' 'until_true 120 "inside hub curl -sf http://127.0.0.1:8080/readyz | grep -q ready"'
is 'its state folder is its user'\''s alone' '[ "$(stat -c "%a %U" "$base/hub/var/lib/monitor")" = "700 monitor" ] || chroot "$base/hub" stat -c "%a %U" /var/lib/monitor | grep -qx "700 monitor"'
is 'the API wants the token that the page made' '[ "$(inside hub curl -s -o /dev/null -w "%{http_code}" http://127.0.0.1:8080/api/v1/alerts)" = 401 ]'
is 'nothing of the secrets is in its log' '! grep -qFf "$base/hub/etc/monitor/cluster-secret" "$base/hub/var/log/journal-of-monitor-hub.service"'

# --- an agent ----------------------------------------------------------------------------------------------------------
make_root agent
# The file goes from machine to machine.
cp "$base/hub/var/lib/monitor/web-server-03.key" "$base/agent/web-server-03.key"
rm "$base/hub/var/lib/monitor/web-server-03.key"
follow agent "$agent_commands" agent
alerts() { inside hub env MONITOR_API_TOKEN_FILE=/etc/monitor/api-token monitor alerts --json 2>/dev/null; }
instances() { inside hub env MONITOR_API_TOKEN_FILE=/etc/monitor/api-token monitor instances --json; }
is 'the hub has heard the agent by its key' 'instances | grep -q web-server-03'
is 'the agent by systemd ran without a complaint' '[ ! -s "$base/agent/var/log/journal-of-monitor-agent.service" ] || ! grep -q "\"level\":\"\\(warn\\|error\\)\"" "$base/agent/var/log/journal-of-monitor-agent.service"'

# --- cron --------------------------------------------------------------------------------------------------------------
heard() { instances | sed -n 's/.*"last_seen_at":"\([^"]*\)".*/\1/p'; }
inside agent cron -f -L 15 2>"$base/cron.log" & cron=$!
before=$(heard)
say "        waiting for the cron daemon, up to two minutes"
is 'cron runs the agent, and the hub hears of it' 'until_true 560 "[ \"\$(heard)\" != \"$before\" ] && [ -n \"$before\" ]"'
sleep 3
is 'what went well is not mailed' '[ ! -s "$base/agent/var/mail/all" ]'
[ -s "$base/agent/var/mail/all" ] && cat "$base/agent/var/mail/all"
kill "$(cat "$base/hub/run/monitor-hub.service.pid")"
say "        the hub is stopped: waiting for cron once more"
is 'what went wrong is mailed, with the reason' 'until_true 560 "grep -q \"refused the connection\" $base/agent/var/mail/all"'
kill $cron || cat "$base/cron.log"

# --- syslog ------------------------------------------------------------------------------------------------------------
follow hub "$syslog_commands" 'log by syslog'
is 'the hub is up again' 'until_true 120 "inside hub curl -sf http://127.0.0.1:8080/readyz | grep -q ready"'
is 'rsyslog has taken the lines apart' 'until_true 80 "grep -q \"\\\"msg\\\":\\\"started\\\"\" $base/hub/var/log/monitor/structured.log"'
inside hub curl -s -o /dev/null -d '{}' http://127.0.0.1:8080/alerts/webhook/cluster/
is 'a refusal stands in the structured log, too' 'until_true 80 "grep -q \"request refused\" $base/hub/var/log/monitor/structured.log"'
is 'no line could not be read' '[ ! -s "$base/hub/var/log/monitor/unparsed.log" ]'
is 'logrotate takes its file' '! command -v logrotate >/dev/null || inside hub logrotate --debug /etc/logrotate.d/monitor >/dev/null 2>"$base/rotate.log"'

[ $failed = 0 ] && say 'all ok' || say 'something failed'
[ -n "${KEEP-}" ] && { say "kept until Enter: $base"; read -r _; }
exit $failed
