import { readFile, stat } from 'node:fs/promises';
import { type Adapter, Low } from 'lowdb';
import type { Clock } from '../lib/clock.ts';
import { moveFile, replaceFile } from '../lib/files/durable.ts';
import type { Logger } from '../lib/log/logger.ts';
import { type AgentState, emptyState, parseState } from './state.ts';

/** Tells what a person should know; the message is constant, the figures are fields. */
export type AgentLog = Pick<Logger, 'info' | 'warn' | 'error'>;

/** What an agent keeps between runs, in memory and on disk. */
export interface StateFile {
  /** Changed in place, and by `save` put on disk. */
  readonly state: AgentState;
  /** Writes the state, so that it is on disk when this resolves. False when it could not be: told once, never thrown. */
  save(): Promise<boolean>;
}

/**
 * Opens the file of an agent's state. One that is damaged is set aside under another name and told, and the agent begins
 * anew. One that cannot be read may be whole: it is left as it is and told, and nothing of this run is saved. A run
 * never stops for either.
 */
export async function openStateFile(path: string, clock: Clock, log: AgentLog): Promise<StateFile> {
  const adapter = new DurableFile(path, clock, log);
  const db = new Low<AgentState>(adapter, emptyState());
  await db.read();
  let hasTold = adapter.isUnreadable;
  return {
    state: db.data,
    async save() {
      try {
        await db.write();
        return true;
      } catch (error) {
        if (!hasTold) log.error({ file: adapter.path, error }, 'the state of this agent cannot be saved');
        hasTold = true;
        return false;
      }
    },
  };
}

/** Where lowdb keeps the state: a file that is always whole. */
class DurableFile implements Adapter<AgentState> {
  readonly path: string;
  readonly #clock: Clock;
  readonly #log: AgentLog;
  /** True once the file is there and could not be read, which has been told. */
  isUnreadable = false;
  /** Why the file must not be written over. */
  #keep: Error | null = null;

  constructor(path: string, clock: Clock, log: AgentLog) {
    this.path = path;
    this.#clock = clock;
    this.#log = log;
  }

  async read(): Promise<AgentState | null> {
    const text = await this.#readText();
    if (text === null) return null;
    try {
      return parseState(text);
    } catch (error) {
      await this.#setAside(error as Error);
      return null;
    }
  }

  async #readText(): Promise<string | null> {
    try {
      return await readFile(this.path, 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
      const fix = await fixFor(error as NodeJS.ErrnoException, this.path);
      this.#log.error(
        { file: this.path, ...fix, error },
        'the state of this agent cannot be read: it is left unchanged, and the results of this run are not saved',
      );
      this.isUnreadable = true;
      this.#keep = error as Error;
      return null;
    }
  }

  async write(state: AgentState): Promise<void> {
    if (this.#keep !== null) throw this.#keep;
    await replaceFile(this.path, JSON.stringify(state));
  }

  async #setAside(damage: Error): Promise<void> {
    const time = new Date(this.#clock.now()).toISOString().replace(/[-:]/g, '').replace('.', '');
    const aside = `${this.path}.damaged-${time}`;
    try {
      await moveFile(this.path, aside);
      this.#log.warn(
        { file: aside, damage: damage.message },
        'the state of this agent was damaged: it is set aside, and the agent starts over',
      );
    } catch (error) {
      this.#keep = new Error(`it is damaged (${damage.message}) and cannot be set aside`, { cause: error });
    }
  }
}

/** Whose file it is, and what to do: mostly somebody called the program as root once. */
async function fixFor({ code }: NodeJS.ErrnoException, path: string): Promise<{ owner?: number; fix?: string }> {
  const user = process.geteuid?.();
  const owner = (await stat(path).catch(() => null))?.uid;
  if (code !== 'EACCES' || user === undefined || owner === undefined || owner === user) return {};
  return { owner, fix: `as root: chown ${user} ${path}` };
}
