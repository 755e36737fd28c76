import { ConfigError } from '../config/error.ts';
import type { ExplainedSettings } from '../config/load.ts';
import { diffSections, WAITING } from '../config/sections.ts';
import type { Settings } from '../config/settings.ts';
import { shownSettings } from '../config/shown.ts';
import type { Logger } from '../lib/log/logger.ts';
import type { ConfigParts, ConfigState } from '../web/api/configuration.ts';

/** The configuration of a process that serves: what counts now, and reading it again. */
export type LiveConfig = ConfigParts;

/** How it is read, and what it is for. */
export interface LiveConfigParts {
  readonly read: () => ExplainedSettings;
  /** Takes what may change while the process runs. Throws ConfigError when it cannot be used, and then nothing has changed. */
  readonly apply: (settings: Settings) => Promise<void>;
  readonly now: () => number;
  readonly logger: Pick<Logger, 'info' | 'error'>;
}

/** Settings that count at once when they are read again; all others count from the next start. */
const AT_ONCE = /^(notify\.(?!link_ttl)|status_page\.)/;

/** Holds the configuration that counts; `first` is what the process has started with. */
export function createLiveConfig(first: ExplainedSettings, { read, apply, now, logger }: LiveConfigParts): LiveConfig {
  let state = stateOf(first, now());
  let running = first;
  const started = shownSettings(first.explained);
  // In turn: what is asked meanwhile is obeyed after that.
  let last: Promise<unknown> = Promise.resolve();
  const reload = async (): Promise<readonly string[]> => {
    try {
      const next = read();
      if (next.problems.length > 0) throw new ConfigError(next.problems);
      await apply(next.settings);
      const waiting = shownSettings(next.explained)
        .filter(({ value }, index) => JSON.stringify(value) !== JSON.stringify(started[index]?.value))
        .map(({ name }) => name)
        .filter((name) => !AT_ONCE.test(name));
      const sections = diffSections(first, next).map(({ section }) => section);
      waiting.push(...WAITING.filter((name) => sections.includes(name)));
      running = next;
      state = { ...stateOf(next, now()), waiting };
      logger.info(
        { ...(waiting.length > 0 && { waiting }) },
        'configuration read again: people are told by it from now on',
      );
      return [];
    } catch (error) {
      const problems = error instanceof ConfigError ? error.problems : [(error as Error).message];
      state = { ...state, failed: { at: now(), problems } };
      logger.error(
        error instanceof ConfigError ? { problems } : { error },
        'configuration not used: the last good one goes on',
      );
      return problems;
    }
  };
  return {
    current: () => state,
    written: () => {
      const next = read();
      return { state: stateOf(next, now()), problems: next.problems, changes: diffSections(running, next) };
    },
    reload: () => {
      const done = last.then(reload);
      last = done;
      return done;
    },
  };
}

function stateOf({ settings, explained }: ExplainedSettings, loadedAt: number): ConfigState {
  return {
    loadedAt,
    files: settings.configFiles ?? [],
    settings: shownSettings(explained),
    notify: settings.policyFile?.values ?? null,
    waiting: [],
    failed: null,
  };
}
