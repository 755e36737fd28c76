import { useEffect, useRef, useState } from 'preact/hooks';
import { changed, type Query, valueIn } from '../model/address.ts';
import { useModel } from '../model/hooks.ts';

const REST_MS = 120;

/** The text of a list, which is put into the address once no more is typed for a moment. */
export function FilterInput({ query, label, placeholder, name = 'q' }: InputProps) {
  const { filter, clock } = useModel();
  const given = valueIn(query, name) ?? '';
  const [typed, setTyped] = useState(given);
  // What this field has put into the address itself comes back when more may have been typed.
  const put = useRef(given);
  useEffect(() => {
    if (given !== put.current) setTyped(given);
    put.current = given;
  }, [given]);
  useEffect(() => {
    const text = typed.trim();
    if (text === given) return;
    return clock.after(REST_MS, () => {
      put.current = text;
      filter(changed(query, { [name]: text === '' ? null : text }), 'replace');
    });
  }, [typed, given]);
  return (
    <input
      type="text"
      class="field"
      data-filter
      aria-label={label}
      aria-keyshortcuts="/"
      placeholder={placeholder}
      value={typed}
      onInput={(event) => setTyped(event.currentTarget.value)}
      onKeyDown={(event) => event.key === 'Escape' && event.currentTarget.blur()}
    />
  );
}

interface InputProps {
  readonly query: Query;
  readonly label: string;
  readonly placeholder: string;
  /** Of the parameter; `q` where left out. */
  readonly name?: string;
}

/** One value of a few, in the address. */
export function FilterSelect({ query, name, label, all, options }: SelectProps) {
  const { filter } = useModel();
  return (
    <select
      class="field pick"
      aria-label={label}
      value={valueIn(query, name) ?? ''}
      onChange={(event) => filter(changed(query, { [name]: event.currentTarget.value || null }))}
    >
      <option value="">{all}</option>
      {options.map(([value, word]) => (
        <option key={value} value={value}>
          {word}
        </option>
      ))}
    </select>
  );
}

interface SelectProps {
  readonly query: Query;
  readonly name: string;
  readonly label: string;
  /** The word for no filter. */
  readonly all: string;
  readonly options: readonly (readonly [value: string, word: string])[];
}
