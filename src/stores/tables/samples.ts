import { createHash } from 'node:crypto';
import { createRecent } from '../../lib/recent.ts';
import type { RuleMemory, SampleReads, SampleTransaction, StoredSample } from '../contract/samples.ts';
import type { Execute } from '../notices/rows.ts';
import { type Row, table } from './columns.ts';
import type { Dialect } from './conditions.ts';
import type { Ask } from './reads.ts';
import { type Sql, sql } from './sql.ts';

/** What is remembered of rules. */
export const RULE_STATES = table<RuleMemory>('rule_states', {
  name: ['text', 'name', 'fixed'],
  state: ['text', 'state'],
});

const STATEMENTS = {
  forgetRules: 'DELETE FROM rule_states',
  saveRule: 'INSERT INTO rule_states (name, state) VALUES (?, ?)',
  prune: `DELETE FROM samples WHERE seq IN (SELECT seq FROM samples ORDER BY seq LIMIT ?) AND received_at < ? RETURNING seq`,
} as const;

/** Shapes that are remembered, at most: they are few, for they are what checkers tell. */
export const SHAPES = 2000;

/** The names of a sample as they are kept: once, under what they are known by. */
export interface Shape {
  readonly id: string;
  /** JSON text. */
  readonly names: string;
}

/** Gives what names are kept as. */
export function createShapes(): (names: readonly string[]) => Shape {
  // The same names come as the same list.
  const shapes = new WeakMap<readonly string[], Shape>();
  return (names) => {
    const known = shapes.get(names);
    if (known !== undefined) return known;
    const text = JSON.stringify(names);
    const shape = { id: createHash('sha256').update(text).digest('base64url').slice(0, 16), names: text };
    shapes.set(names, shape);
    return shape;
  };
}

/** The rest of the transaction over that of an engine. */
export function createSampleTransaction(execute: Execute): SampleTransaction {
  return {
    saveRules: async (memories) => {
      await execute(STATEMENTS.forgetRules, []);
      for (const { name, state } of memories) await execute(STATEMENTS.saveRule, [name, state]);
    },
    pruneSamples: async (before, limit) => (await execute(STATEMENTS.prune, [limit, before])).length,
  };
}

/** Columns of `samples AS s` and `sample_shapes AS h`, behind the position. */
const COLUMNS = sql`s.instance, s.at, s.received_at, h.names, s.figures`;
const SHAPE = sql`JOIN sample_shapes AS h ON h.id = s.shape`;
const FROM = sql`FROM samples AS s ${SHAPE}`;

/** What is read of samples, on every engine. */
export function createSampleReads(
  ask: Ask,
  { samplePosition, samplesOf }: Pick<Dialect, 'samplePosition' | 'samplesOf'>,
): SampleReads {
  const lists = createRecent<readonly string[]>(SHAPES);
  const namesOf = (text: string): readonly string[] => {
    const names = lists.get(text) ?? (JSON.parse(text) as readonly string[]);
    lists.set(text, names);
    return names;
  };
  const sampleOf = ([position, instanceId, at, receivedAt, names, figures]: Row): StoredSample => ({
    ...{ position: String(position), instanceId: String(instanceId), at: Number(at), receivedAt: Number(receivedAt) },
    ...{ names: namesOf(String(names)), values: JSON.parse(String(figures)) as readonly number[] },
  });
  const read = async (query: Sql) => (await ask(query)).map(sampleOf);
  return {
    samplesAfter: (position, limit) => {
      const { text, behind, order } = samplePosition(position);
      return read(sql`SELECT ${text}, ${COLUMNS} ${FROM} WHERE ${behind} ORDER BY ${order} LIMIT ${limit}`);
    },
    samplesOf: async (instanceId, from, to, limit) => {
      const [bounds] = samplesOf.bounds === null ? [] : await ask(samplesOf.bounds);
      const end = Math.min(to, Number(bounds?.[1] ?? to));
      const found: StoredSample[] = [];
      for (let at = Math.max(from, Number(bounds?.[0] ?? from)); at < end && found.length < limit; ) {
        const next = Math.min(end, at + samplesOf.longestMs);
        const within = samplesOf.within(instanceId, at, next);
        found.push(
          ...(await read(sql`${within.before} SELECT ${samplePosition('').text}, ${COLUMNS} FROM ${within.from} ${SHAPE}
            WHERE ${within.where} ORDER BY s.at, s.seq LIMIT ${limit - found.length}`)),
        );
        at = next;
      }
      return found;
    },
    latestSamples: async (before, limit) => {
      const rows = await ask(sql`SELECT s.seq, ${samplePosition('').text}, ${COLUMNS} ${FROM}
        WHERE s.seq < ${before ?? Number.MAX_SAFE_INTEGER} ORDER BY s.seq DESC LIMIT ${limit}`);
      return rows.map(([ref, ...rest]) => ({ ref: Number(ref), ...sampleOf(rest) }));
    },
    ruleMemories: async () =>
      (await ask(sql`SELECT name, state FROM rule_states ORDER BY name`)).map(([name, state]) => ({
        name: String(name),
        state: String(state),
      })),
  };
}
