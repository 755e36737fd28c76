import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** What starts monitor. */
export const SYSTEMS = ['systemd', 'cron'] as const;
/** What of it. */
export const PARTS = ['hub', 'agent'] as const;

/** A file, and where it goes. */
export interface DeployedFile {
  readonly path: string;
  readonly text: string;
}

/** Where this program is installed. */
export interface Installation {
  /** Node.js and the program, by absolute paths: what starts at boot knows nothing of a shell's PATH. */
  readonly command: string;
  /** Folders of both. */
  readonly folders: readonly string[];
}

const FILES: Readonly<Record<string, readonly (readonly [name: string, folder: string, called?: string])[]>> = {
  'systemd hub': [['monitor-hub.service', '/etc/systemd/system']],
  'systemd agent': [
    ['monitor-agent.service', '/etc/systemd/system'],
    ['monitor-agent.timer', '/etc/systemd/system'],
  ],
  'cron agent': [['monitor-agent.cron', '/etc/cron.d', 'monitor']],
  'cron hub': [],
};

/** Those of the documentation, with the paths of this installation. */
export function deployedFiles(
  system: (typeof SYSTEMS)[number],
  part: (typeof PARTS)[number],
  { command, folders }: Installation,
): readonly DeployedFile[] {
  return (FILES[`${system} ${part}`] ?? []).map(([name, folder, called = name]) => {
    const path = [...new Set([...folders, '/usr/local/bin', '/usr/bin', '/bin'])].join(':');
    const docs = fileURLToPath(
      new URL(import.meta.url.includes('/dist/') ? '../docs/' : '../../../docs/', import.meta.url),
    );
    const text = readFileSync(`${docs}deployment/${name}`, 'utf8')
      .replaceAll('/usr/local/bin/monitor', command)
      .replaceAll('file:/usr/local/lib/node_modules/monitor/docs/', `file:${docs}`)
      .replace(/^PATH=.*$/m, `PATH=${path}`)
      // In the lines of cron the second monitor is the program, the first the user.
      .replaceAll(
        /^((?:# )?[*/\d]\S*(?: \S+){4}\s+monitor\s+)monitor /gm,
        (_, before: string) => `${before}${command} `,
      );
    return { path: `${folder}/${called}`, text };
  });
}
