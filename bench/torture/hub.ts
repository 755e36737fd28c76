import { join } from 'node:path';
import { type Extras, type KillAt, type Monitor, pause, SECRET, startMonitor } from './process.ts';

/** A hub that is killed and started again on the same files and the same port. */
export interface Hub {
  readonly port: number;
  readonly database: string;
  /** Starts a process; resolves with true once it serves, with false when it ended before. */
  start(killAt?: KillAt): Promise<boolean>;
  /** Resolves when the present process has ended, with how. */
  ended(): Promise<{ readonly code: number | null; readonly killed: boolean }>;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM; resolves when it has ended, with its exit code. */
  stop(): Promise<number | null>;
  isUp(): boolean;
  /** Process id of the present process. */
  pid(): number;
  /** Lines of the log of all its processes that say `error`. */
  errors(): readonly string[];
  /** The end of the present process's log. */
  log(): string;
}

/** How long a hub may take to serve, and to stop. */
const PATIENCE_MS = 20_000;

/** A hub in a folder; nothing runs yet. `env` is added to what every hub of the torture has. */
export function createHub(
  folder: string,
  port: number,
  env: Readonly<Record<string, string>> = {},
  more: Extras = {},
): Hub {
  const state = join(folder, 'hub');
  const errors: string[] = [];
  let monitor: Monitor | null = null;
  let up = false;
  return {
    port,
    database: join(state, 'monitor.db'),
    async start(killAt) {
      const started = startMonitor(
        ['serve'],
        folder,
        {
          CLUSTER_ENABLED: '1',
          WEBHOOK_SECRET_CLUSTER: SECRET,
          MONITOR_STATE_DIR: state,
          MONITOR_PORT: String(port),
          MONITOR_LOG_FORMAT: 'json',
          MONITOR_LIMITS_REQUESTS_PER_SECOND: '1000000',
          MONITOR_LIMITS_BURST: '1000000',
          MONITOR_LIMITS_FIRING_ALERTS: '10000000',
          MONITOR_LIMITS_NEW_INSTANCES: '1000000',
          ...env,
        },
        { ...more, ...(killAt === undefined ? {} : { killAt }) },
      );
      monitor = started;
      let over = false;
      void started.ended.then(() => {
        over = true;
        if (monitor === started) up = false;
        errors.push(
          ...started
            .log()
            .split('\n')
            .filter((line) => /"level":"(error|fatal)"/.test(line)),
        );
      });
      for (let waited = 0; !over && waited < PATIENCE_MS; waited += 5) {
        if (started.log().includes('"msg":"started"')) {
          up = !over;
          return true;
        }
        await pause(5);
      }
      if (!over) throw new Error(`the hub does not start: ${started.log()}`);
      return false;
    },
    ended: async () => (await monitor?.ended) ?? { code: null, killed: false },
    async kill() {
      up = false;
      await monitor?.kill();
    },
    async stop() {
      monitor?.child.kill('SIGTERM');
      const late = setTimeout(() => monitor?.child.kill('SIGKILL'), PATIENCE_MS);
      const ended = await monitor?.ended;
      clearTimeout(late);
      up = false;
      return ended?.code ?? null;
    },
    isUp: () => up,
    pid: () => monitor?.child.pid ?? 0,
    errors: () => errors,
    log: () => monitor?.log() ?? '',
  };
}
