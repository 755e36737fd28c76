import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Envelope, envelope, type Sender } from '../core/cluster/payload.ts';
import { alertsOf, type Findings } from './record.ts';
import { type AgentState, emptyState, parseState } from './state.ts';

/** What a push would send, and how many alerts of earlier runs would go before it. */
export interface Preview {
  readonly payload: Envelope;
  readonly waiting: number;
}

/** Runs the checks as a push would, with what earlier runs left behind, and changes nothing. */
export async function preview(parts: {
  readonly sender: Sender;
  readonly stateDir: string;
  collect(remembered: Readonly<Record<string, unknown>>): Promise<Findings>;
}): Promise<Preview> {
  const state = await lookAt(join(parts.stateDir, 'agent.json'));
  const found = await parts.collect(state.remembered);
  const alerts = alertsOf(found, state.states, parts.sender);
  return { payload: envelope(parts.sender, alerts), waiting: state.spool.length };
}

/** Of a state that is damaged, or that cannot be read, a push knows nothing either. */
async function lookAt(path: string): Promise<AgentState> {
  try {
    return parseState(await readFile(path, 'utf8'));
  } catch {
    return emptyState();
  }
}
