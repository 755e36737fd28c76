import type { Facts } from '../facts.ts';
import { PAIR, STORM } from './senders.ts';

/** What happened, by the machines. */
export interface Happened {
  /** How often what the pair watches broke, and recovered. */
  readonly rounds: number;
}

const SOURCES = ['prometheus', 'alertmanager'] as const;

/** What is wrong with what a hub has of a storm that is over: alerts that are lost, go on, or went up and down by themselves. */
export function judgeStorm({ alerts, events, problems }: Facts, { rounds }: Happened): readonly string[] {
  const wrong: string[] = [...problems];
  for (const source of SOURCES) {
    const own = [...alerts].filter(([key]) => key.startsWith(`${source}\0`)).map(([, alert]) => alert);
    if (own.length !== STORM + PAIR) wrong.push(`${source}: ${own.length} alerts in place of ${STORM + PAIR}`);
    const firing = own.filter(({ status }) => status !== 'resolved').length;
    if (firing > 0) wrong.push(`${source}: ${firing} alerts still fire`);
    const turns = new Map<string, number>();
    for (const { id } of own) {
      const kinds = (events.get(id) ?? []).map(({ kind }) => kind).filter((kind) => /^(opened|resolved)$/.test(kind));
      const text = `${kinds.filter((kind) => kind === 'opened').length} × opened, ${kinds.filter((kind) => kind === 'resolved').length} × resolved`;
      turns.set(text, (turns.get(text) ?? 0) + 1);
    }
    const expected = new Map([
      [turn(1), STORM],
      [turn(rounds), PAIR],
    ]);
    if (rounds === 1) expected.set(turn(1), STORM + PAIR);
    for (const [text, count] of turns)
      if (expected.get(text) !== count) wrong.push(`${source}: ${count} alerts were ${text}`);
  }
  return wrong;
}

function turn(times: number): string {
  return `${times} × opened, ${times} × resolved`;
}
