// Tries docs/deployment.md from nothing, by deployment.sh: as root, where cron and rsyslog of Debian are installed.
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '../..');
const NEEDED = ['unshare', 'setpriv', 'cron', 'rsyslogd', 'curl', 'openssl', 'ip', 'useradd'];

const missing = NEEDED.filter((name) => spawnSync('sh', ['-c', `command -v ${name}`]).status !== 0);
const isRoot = process.getuid?.() === 0;
if (!isRoot || missing.length > 0) {
  process.stdout.write(`left out: needs ${isRoot ? missing.join(', ') : 'root'}\n`);
  process.exit(0);
}

const page = readFileSync(join(ROOT, 'docs/deployment.md'), 'utf8');

/** The commands of a section, up to the next heading. */
function commandsOf(heading) {
  const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`));
  if (section === undefined) throw new Error(`docs/deployment.md has no section "${heading}"`);
  return [...section.matchAll(/^```sh\n(.*?)^```/gms)].map(([, text]) => text).join('');
}

/** The file that a section shows, written where it says: "`/etc/monitor/monitor.yaml`:" and a block. */
function fileOf(heading) {
  const section = page.split(/^##+ /m).find((part) => part.startsWith(`${heading}\n`)) ?? '';
  const [, path, text] = /`(\/etc\/monitor\/monitor\.yaml)`[^\n]*\n\n```yaml\n(.*?)^```/ms.exec(section) ?? [];
  if (path === undefined) throw new Error(`the section "${heading}" shows no file`);
  return `cat >${path} <<'FILE'\n${text}FILE\n`;
}

// The package is there already; a hub needs a moment to be up before it is asked.
const install = commandsOf('Install').replace(/^npm ci.*\n|^sudo npm install.*\n/gm, '');
const patient = (text) =>
  text.replaceAll('curl -s http', 'curl -s --retry 60 --retry-delay 1 --retry-connrefused http');
const hub = install + fileOf('A hub') + patient(commandsOf('A hub'));
// One network for both machines, without the proxy that does TLS.
const settings = fileOf('The settings of an agent').replace('https://hub.example.com', 'http://127.0.0.1:8080');
const agent =
  install +
  settings +
  commandsOf('The settings of an agent') +
  commandsOf('An agent by cron') +
  commandsOf('An agent by systemd');
const syslog = commandsOf('syslog');

const folder = mkdtempSync(join(tmpdir(), 'monitor-trial-'));
try {
  execFileSync('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', folder], { cwd: ROOT });
  const name = `monitor-${JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')).version}.tgz`;
  const script = join(import.meta.dirname, 'deployment.sh');
  const given = [join(folder, name), process.execPath, join(ROOT, 'node_modules'), hub, agent, syslog];
  process.exitCode = spawnSync(script, given, { stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
