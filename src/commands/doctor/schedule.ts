import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Settings } from '../../config/settings.ts';
import type { Finding } from './finding.ts';
import { isAgent, isHub } from './role.ts';

/** Where a machine says what it starts; `root` is `/` outside of tests. */
export function examineSchedule(settings: Settings, root: string): Finding {
  const part = 'schedule';
  const lines = [...cronLines(root), ...units(root)];
  const wants = [...(isAgent(settings) ? ['agent'] : []), ...(isHub(settings) ? ['hub'] : [])];
  const found = lines.filter(({ runs }) => wants.includes(runs));
  const missing = wants.filter((want) => !found.some(({ runs }) => runs === want));
  const seen = found.map(({ place }) => place).join(', ');
  if (found.filter(({ runs }) => runs === 'agent').length > 1)
    return { part, status: 'warning', message: `the agent is started twice: ${seen}`, fix: 'remove one of them' };
  if (missing.length === 0) return { part, status: 'ok', message: seen };
  return {
    ...{ part, status: 'warning' as const },
    message: `nothing here starts the ${missing.join(' and the ')}, as far as can be seen`,
    fix: missing.map((one) => `sudo monitor deploy systemd ${one}`).join(' and '),
  };
}

interface Start {
  readonly runs: 'agent' | 'hub';
  readonly place: string;
}

function cronLines(root: string): Start[] {
  const folders = ['etc/cron.d', 'var/spool/cron/crontabs', 'var/spool/cron'].map((folder) => join(root, folder));
  const files = [
    ...folders.flatMap((folder) => namesIn(folder).map((name) => join(folder, name))),
    join(root, 'etc/crontab'),
  ];
  return files.flatMap((place) =>
    textOf(place)
      .split('\n')
      .filter((line) => /^\s*[^#\s].*\bmonitor\b.*\spush-to-hub\b/.test(line))
      .map(() => ({ runs: 'agent' as const, place })),
  );
}

function units(root: string): Start[] {
  const folder = join(root, 'etc/systemd/system');
  // A unit that is there and not enabled starts nothing.
  const isWanted = (name: string, target: string) => existsSync(join(folder, `${target}.wants`, name));
  return namesIn(folder).flatMap((name): Start[] => {
    const place = join(folder, name);
    if (name.endsWith('.timer')) {
      const runsIt = / push-to-hub\b/.test(textOf(place.replace(/timer$/, 'service')));
      return runsIt && isWanted(name, 'timers.target') ? [{ runs: 'agent', place }] : [];
    }
    const isServing = name.endsWith('.service') && /^ExecStart=.*\bmonitor\b.* serve\b/m.test(textOf(place));
    return isServing && isWanted(name, 'multi-user.target') ? [{ runs: 'hub', place }] : [];
  });
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(path: string): string {
  try {
    return statSync(path).isFile() ? readFileSync(path, 'utf8') : '';
  } catch {
    return '';
  }
}
