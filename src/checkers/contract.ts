import type { z } from 'zod';
import type { CheckStatus, Metrics } from '../core/check.ts';
import type { Clock } from '../lib/clock.ts';
import type { Exec } from '../lib/exec.ts';

/** The machine as a checker sees it; a test passes one made of fixture files. */
export interface World {
  readonly clock: Clock;
  readonly platform: NodeJS.Platform;
  /** Root of the proc file system, `/proc` outside tests. */
  readonly proc: string;
  /** Root of the sys file system, `/sys` outside tests. */
  readonly sys: string;
  /** The file system's root, `/` outside tests, for the few well-known files outside proc and sys. */
  readonly root: string;
  readonly exec: Exec;
  /** What this checker kept at its last run on this machine (JSON), null at the first. */
  readonly remembered: unknown;
  /** Aborted when the check has used up its time. */
  readonly signal: AbortSignal;
}

/** What a run of a check found. */
export interface Finding {
  readonly status: CheckStatus;
  /** One line for a person, with the live figures and their units. */
  readonly message: string;
  readonly metrics: Metrics;
  /** JSON to be handed to the next run as `world.remembered`; left out, what was kept stays. */
  readonly remember?: unknown;
}

/** One check, ready to run: a checker with its options bound. */
export interface Check {
  /** Checker's name, or `plugin:NAME` where one checker gives several checks. Stable: it is part of the fingerprint. */
  readonly name: string;
  /** Stable title of the problem, without live figures: the alert's name. */
  readonly title: string;
  /** Time it may take, in milliseconds. */
  readonly timeoutMs: number;
  /** null when this machine can be looked at so, else why not ("no thermal sensor in /sys"). */
  available(world: World): Promise<string | null>;
  /** May throw: the runner turns that into `unknown` with the error's text. */
  run(world: World): Promise<Finding>;
}

/** A plug-in: one file in this folder, one line in `registry.ts`, one fixture in `tests/fixtures/checkers`. */
export interface Checker {
  /** The file's name. */
  readonly name: string;
  /** One line for `monitor check --list` and the docs. */
  readonly summary: string;
  /** Whether it runs without being named or configured. */
  readonly byDefault: boolean;
  /** Shape of its options under `checkers.<name>`; every option has a description and a default where one makes sense. */
  readonly options: z.ZodType;
  /** Checks made of the options; throws ZodError on bad ones. */
  bind(options: unknown): readonly Check[];
}
