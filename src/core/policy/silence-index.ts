import type { Labels } from '../alert/alert.ts';
import type { CompiledSilence } from './silence.ts';

/** What an index needs of a silence. */
type Indexed = Pick<CompiledSilence, 'matchers' | 'matches'>;

/**
 * Gives the silences that match labels, in their order. Nearly every silence names a value (`instance_id="web-1"`), so
 * that only those are asked which name one of the alert's own: a thousand windows cost a list of alerts no more than ten.
 */
export function indexSilences<S extends Indexed>(silences: readonly S[]): (labels: Labels) => readonly S[] {
  const byValue = new Map<string, (readonly [order: number, silence: S])[]>();
  const others: (readonly [order: number, silence: S])[] = [];
  silences.forEach((silence, order) => {
    const named = silence.matchers.find(({ isEqual, isRegex, value }) => isEqual && !isRegex && value !== '');
    if (named === undefined) others.push([order, silence]);
    else {
      const key = keyOf(named.name, named.value);
      const known = byValue.get(key);
      if (known === undefined) byValue.set(key, [[order, silence]]);
      else known.push([order, silence]);
    }
  });
  return (labels) => {
    if (silences.length === 0) return [];
    const candidates = [...others];
    for (const name in labels) candidates.push(...(byValue.get(keyOf(name, labels[name] ?? '')) ?? []));
    return candidates
      .filter(([, { matches }]) => matches(labels))
      .sort(([a], [b]) => a - b)
      .map(([, silence]) => silence);
  };
}

function keyOf(name: string, value: string): string {
  return `${name}\0${value}`;
}
