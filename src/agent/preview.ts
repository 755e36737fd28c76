import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type PushBody, pushBody, type Sender } from '../core/cluster/payload.ts';
import { correctTimes } from './clock-step.ts';
import { alertsOf, type Findings } from './spool-results.ts';
import { type AgentState, type Clocks, emptyState, parseState } from './state.ts';

/** What a push would send, and how many alerts of earlier runs would go before it. */
export interface Preview {
  readonly payload: PushBody;
  readonly waiting: number;
}

/** Runs the checks as a push would, with what earlier runs left behind, and changes nothing. */
export async function preview(parts: {
  readonly sender: Sender;
  readonly stateDir: string;
  clocks?(): Promise<Clocks>;
  collect(remembered: Readonly<Record<string, unknown>>): Promise<Findings>;
}): Promise<Preview> {
  const state = await readState(join(parts.stateDir, 'agent.json'));
  if (parts.clocks !== undefined) correctTimes(state, await parts.clocks());
  const found = await parts.collect(state.remembered);
  const alerts = alertsOf(found, state.states, parts.sender);
  return { payload: pushBody(parts.sender, alerts), waiting: state.spool.length };
}

/** The state in a file, to look at; that of a damaged one, or one that cannot be read, is empty, as it is for a push. */
export async function readState(path: string): Promise<AgentState> {
  try {
    return parseState(await readFile(path, 'utf8'));
  } catch {
    return emptyState();
  }
}
