import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isInstalled } from './hub.ts';

/** Names of Debian's packages and of the programs in them. */
export type PeerProgram = 'prometheus' | 'prometheus-alertmanager';

/** A running program of somebody else. */
export interface Peer {
  /** Where it listens; another port after a restart. */
  readonly url: string;
  /** All that it has written since it was started last. */
  output(): string;
  /** Writes one of its files anew. */
  write(file: string, text: string): void;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
  /** Ends it by that signal, and starts it again in its folder. */
  restart(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>;
  /** Ends it and removes its folder. */
  remove(): Promise<void>;
}

const FLAGS: Readonly<Record<PeerProgram, (folder: string) => readonly string[]>> = {
  prometheus: (folder) => [
    `--config.file=${folder}/prometheus.yml`,
    `--storage.tsdb.path=${folder}/data`,
    '--web.enable-lifecycle',
  ],
  'prometheus-alertmanager': (folder) => [
    `--config.file=${folder}/alertmanager.yml`,
    `--storage.path=${folder}/data`,
    // No gossip: a free port of its own, and no neighbours.
    '--cluster.listen-address=',
  ],
};

/** What is said of a suite in its title: nothing, or that it is left out and why. */
export async function leftOut(...programs: readonly string[]): Promise<string> {
  const missing = [];
  for (const program of programs) if (!(await isInstalled(program))) missing.push(program);
  return missing.length === 0 ? '' : `: left out, not installed: ${missing.join(', ')} (CONTRIBUTING.md)`;
}

/** Starts one on a free port of 127.0.0.1 with these files in a folder of its own, and waits until it listens. */
export async function startPeer(
  program: PeerProgram,
  files: Readonly<Record<string, string>>,
  flags: readonly string[] = [],
): Promise<Peer> {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-peer-'));
  const write = (file: string, text: string) => writeFileSync(join(folder, file), text);
  for (const [file, text] of Object.entries(files)) write(file, text);
  const args = [...FLAGS[program](folder), '--web.listen-address=127.0.0.1:0', ...flags];
  const start = async () => {
    const child = spawn(program, args, { cwd: folder, stdio: ['ignore', 'ignore', 'pipe'] });
    const ended = new Promise<void>((resolve) => child.once('error', () => resolve()).once('close', () => resolve()));
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
    const end = async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await ended;
    };
    try {
      const address = await listening(child, ended, () => output);
      return { url: `http://${address}`, output: () => output, end };
    } catch (error) {
      await end('SIGKILL');
      throw error;
    }
  };
  try {
    let running = await start();
    return {
      get url() {
        return running.url;
      },
      output: () => running.output(),
      write,
      kill: () => running.end('SIGKILL'),
      restart: async (signal) => {
        await running.end(signal);
        running = await start();
      },
      remove: async () => {
        await running.end('SIGKILL');
        rmSync(folder, { recursive: true, force: true });
      },
    };
  } catch (error) {
    rmSync(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Both programs say where they listen in the words of prometheus/exporter-toolkit. */
function listening(child: ChildProcess, ended: Promise<void>, output: () => string): Promise<string> {
  return new Promise((resolve, reject) => {
    child.stderr?.on('data', () => {
      const address = /msg="Listening on" address=(\S+)/.exec(output())?.[1];
      if (address !== undefined) resolve(address);
    });
    void ended.then(() => reject(new Error(`it ended before it listened:\n${output()}`)));
  });
}
