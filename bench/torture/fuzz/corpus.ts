import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../process.ts';

/** A kept case: its file's name and its bytes. */
export interface Case {
  readonly name: string;
  readonly bytes: Buffer;
}

const FOLDER = join(ROOT, 'tests/fixtures/hostile');

function casesOf(ending: string): Case[] {
  return readdirSync(FOLDER)
    .filter((name) => name.endsWith(ending))
    .sort()
    .map((name) => ({ name, bytes: readFileSync(join(FOLDER, name)) }));
}

/** Bodies that were made to do harm: the files, and those that are too large for one. */
export function hostileBodies(): Case[] {
  const large: Record<string, string> = {
    'deep lists': '['.repeat(100_000),
    'deep lists, closed': `${'['.repeat(100_000)}${']'.repeat(100_000)}`,
    'deep objects': '{"a":'.repeat(100_000),
    'deep in metrics': `{"source":"cluster","instance_id":"x","alerts":[{"metrics":${'[{"a":'.repeat(50_000)}`,
    'one long text': `{"source":"cluster","instance_id":"${'x'.repeat(1_000_000)}","alerts":[]}`,
    'one long number': `{"source":"cluster","instance_id":"x","alerts":[${'9'.repeat(1_000_000)}]}`,
    'many keys': `{${Array.from({ length: 60_000 }, (_, n) => `"k${n}":${n}`).join(',')}}`,
    'many labels': `{"source":"cluster","instance_id":"labels","alerts":[{"fingerprint":"l","labels":{${Array.from({ length: 40_000 }, (_, n) => `"k${n}":${n}`).join(',')}}}]}`,
    'the same key': `{${'"source":"cluster",'.repeat(40_000)}"a":1}`,
    'only escapes': `{"source":"cluster","instance_id":"escapes","alerts":[{"fingerprint":"e","name":"${'\\u0000\\ud800'.repeat(40_000)}"}]}`,
    'just too large': ' '.repeat(1024 * 1024 + 1),
    'as large as can be': `{"source":"cluster","instance_id":"x","alerts":[]${' '.repeat(1024 * 1024 - 50)}}`,
  };
  return [...casesOf('.body'), ...Object.entries(large).map(([name, text]) => ({ name, bytes: Buffer.from(text) }))];
}

/** Whole requests, as bytes of the wire, that were made to do harm. */
export function hostileRequests(): Case[] {
  return casesOf('.http');
}
