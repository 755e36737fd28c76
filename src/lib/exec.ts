import { spawn } from 'node:child_process';

/** What a child process left behind. `code` is null when a signal ended it. */
export interface ExecResult {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
  /** True when it was ended because its time was up. */
  readonly timedOut: boolean;
}

/** Starts a program by its argument list, never through a shell. Rejects when it cannot be started at all. */
export type Exec = (
  argv: readonly [string, ...string[]],
  options: { readonly timeoutMs: number; readonly signal?: AbortSignal; readonly env?: Readonly<Record<string, string>> },
) => Promise<ExecResult>;
