import { changed, type Query, valueIn } from '../model/address.ts';
import { useModel } from '../model/hooks.ts';
import { countText } from '../words/numbers.ts';

/** One of a few values of a parameter of the address: a button each, where it is known with how many there are of it. */
export function Segments<V extends string>({ query, name, label, choices, countOf }: SegmentsProps<V>) {
  const { filter } = useModel();
  const given = valueIn(query, name);
  // An address may hold any word.
  const chosen = choices.find(({ value }) => value === given)?.value ?? null;
  return (
    <fieldset class="seg" aria-label={label}>
      {choices.map(({ word, value }) => {
        const count = countOf?.(value);
        return (
          <button
            type="button"
            key={word}
            aria-pressed={value === chosen}
            onClick={() => filter(changed(query, { [name]: value }))}
          >
            {word}
            {count !== undefined && <span class="n">{countText(count)}</span>}
          </button>
        );
      })}
    </fieldset>
  );
}

interface SegmentsProps<V extends string> {
  readonly query: Query;
  /** Of the parameter. */
  readonly name: string;
  readonly label: string;
  /** In their order; null where the parameter is left out. */
  readonly choices: readonly { readonly word: string; readonly value: V | null }[];
  /** Rows of a value under the other filters; undefined while that is not known. */
  readonly countOf?: (value: V | null) => number | undefined;
}
