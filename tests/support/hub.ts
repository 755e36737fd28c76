import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Ended, type Running, startMonitor } from './run-monitor.ts';

/** One line of a log. */
export type LogLine = Readonly<Record<string, unknown>> & { readonly msg: string };

/** A `monitor serve` that is up. */
export interface Hub {
  /** Where it listens; '' for an agent, which listens nowhere. */
  readonly url: string;
  readonly child: ChildProcess;
  /** Resolves when it has ended. */
  readonly ended: Promise<Ended>;
  /** Lines written so far. */
  lines(): readonly LogLine[];
  /** Resolves with the first line of this message, also one still to come. */
  line(msg: string): Promise<LogLine>;
  /** Asks it to stop and waits until it has. */
  stop(): Promise<Ended>;
  /** Ends it at once, as a power cut would. */
  kill(): Promise<void>;
}

/** A machine with a state folder of its own on which hubs run. */
export interface HubHome {
  readonly folder: string;
  readonly state: string;
  /** Starts `monitor serve` and waits until it says `started`; rejects with its output when it ends before. */
  serve(env?: Record<string, string>, args?: readonly string[]): Promise<Hub>;
  /** Runs another command to its end, with `input` on its stdin. */
  run(args: readonly string[], env?: Record<string, string>, input?: string): Promise<Ended>;
  /** Stops what still runs and removes the folder. */
  remove(): Promise<void>;
}

/** The secret that hubs are given unless a test gives another. */
export const SECRET = '9b1c7a52e8d04f36a7c5e2f1b0d98364';

/** Makes one; `env` is given to every process, `root` is a copy of this checkout. Its one check, `plugin:probe`, is critical. */
export function makeHubHome(env: Record<string, string> = {}, root?: string): HubHome {
  const folder = mkdtempSync(join(tmpdir(), 'monitor-hub-'));
  const state = join(folder, 'state');
  const probe = { command: ['/bin/sh', '-c', 'echo the probe is critical; exit 2'], title: 'Probe of the test' };
  writeFileSync(
    join(folder, 'monitor.yaml'),
    `checkers: ${JSON.stringify({ plugin: { plugins: { probe } } })}\nincidents:\n  reopen_within: 10m\n`,
  );
  const own = {
    CLUSTER_ENABLED: '1',
    INSTANCE_ID: 'hub-1',
    MONITOR_PORT: '0',
    MONITOR_STATE_DIR: state,
    MONITOR_CHECKERS: 'plugin:probe',
    WEBHOOK_SECRET_CLUSTER: SECRET,
    ...env,
  };
  const running = new Set<Running>();
  const start = (args: readonly string[], more: Record<string, string>, input = '') => {
    const one = startMonitor(args, folder, { ...own, ...more }, root, input);
    running.add(one);
    void one.ended.then(() => running.delete(one));
    return one;
  };
  return {
    folder,
    state,
    serve: async (more = {}, args = []) => hubOf(start(['serve', ...args], more)),
    run: (args, more = {}, input = '') => start(args, more, input).ended,
    remove: async () => {
      await Promise.all(
        [...running].map(({ child, ended }) => {
          child.kill('SIGKILL');
          return ended;
        }),
      );
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function hubOf({ child, ended }: Running): Promise<Hub> {
  const lines: LogLine[] = [];
  let heard = () => {};
  let rest = '';
  child.stderr?.on('data', (text: string) => {
    const parts = `${rest}${text}`.split('\n');
    rest = parts.pop() ?? '';
    for (const part of parts) if (part.startsWith('{')) lines.push(JSON.parse(part) as LogLine);
    heard();
  });
  const line = (msg: string) =>
    new Promise<LogLine>((resolve, reject) => {
      const look = () => {
        const found = lines.find((one) => one.msg === msg);
        if (found !== undefined) resolve(found);
      };
      const before = heard;
      heard = () => {
        before();
        look();
      };
      void ended.then(({ code, stderr }) => reject(new Error(`it ended with ${code} before "${msg}":\n${stderr}`)));
      look();
    });
  const { url } = await line('started');
  return {
    url: typeof url === 'string' ? url : '',
    child,
    ended,
    lines: () => lines,
    line,
    stop: () => {
      child.kill('SIGTERM');
      return ended;
    },
    kill: async () => {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Asks until the answer is as it should be, for what happens by itself; gives up after two minutes with the last error. */
export async function eventually<T>(ask: () => Promise<T> | T): Promise<T> {
  const end = performance.now() + 120_000;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (performance.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
  }
}

/** Whether a program can be started here. */
export function isInstalled(program: string): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, ['--version'], { stdio: 'ignore' });
    child.once('error', () => resolve(false)).once('close', (code) => resolve(code === 0));
  });
}
