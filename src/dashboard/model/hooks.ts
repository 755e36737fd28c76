import { useContext, useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { Failure } from '../wire/answer.ts';
import type { Cell } from './cell.ts';
import type { Known } from './documents.ts';
import { type Model, ModelContext } from './model.ts';
import { isConfined, mayAs, type Role } from './session.ts';

/** What pages share. */
export function useModel(): Model {
  const model = useContext(ModelContext);
  if (model === null) throw new Error('no model above this component');
  return model;
}

/** The value of a cell; the component is drawn anew when it changes. */
export function useCell<T>(cell: Cell<T>): T {
  const [, draw] = useState({});
  const drawn = cell.get();
  useEffect(() => {
    const end = cell.listen(() => draw({}));
    // It may have changed between drawing and listening: effects of what stands inside come first.
    if (!Object.is(drawn, cell.get())) draw({});
    return end;
  }, [cell]);
  return drawn;
}

/** A document of the API as a component sees it. */
export interface Shown<T> {
  readonly value: T | undefined;
  readonly at: number;
  readonly failure: Failure | null;
  readonly isLoading: boolean;
  readonly retry: () => void;
}

const NONE: Known = { value: undefined, at: 0, failure: null, isLoading: false };

/**
 * Reads a document and keeps it fresh while the component stands; null reads nothing. What is calm is not read again for
 * each event.
 */
export function useDocument<T>(path: string | null, isCalm = false): Shown<T> {
  const { documents } = useModel();
  const [known, setKnown] = useState<{ readonly path: string | null; readonly known: Known }>({ path, known: NONE });
  useEffect(() => {
    if (path === null) return;
    const { cell, release } = documents.watch(path, isCalm);
    const take = () => setKnown({ path, known: cell.get() });
    take();
    const end = cell.listen(take);
    return () => {
      end();
      release();
    };
  }, [path, isCalm, documents]);
  // While another address is read, rows of the one before are shown by who wants to; a document of another path is not this one.
  const { value, at, failure, isLoading } = known.path === path ? known.known : { ...NONE, isLoading: path !== null };
  return {
    value: value as T | undefined,
    ...{ at, failure, isLoading: isLoading && value === undefined },
    retry: () => path !== null && documents.refresh(path),
  };
}

/** Where keys write; shortcuts are for everywhere else. */
export const TEXT_FIELDS = 'input:not([type=checkbox]), textarea, select, [contenteditable]';

/** Calls for each key that is pressed outside of text fields; `wanted` says by key what to do. */
export function useKeys(wanted: Readonly<Record<string, (event: KeyboardEvent) => void>>, isOn = true): void {
  const { preferences } = useModel();
  // Before the next key can come: what a key does depends on what the one before has done.
  useLayoutEffect(() => {
    if (!isOn) return;
    const press = (event: KeyboardEvent) => {
      const at = event.target as HTMLElement | null;
      const isText = at?.closest(TEXT_FIELDS) != null;
      if (isText || event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) return;
      if (document.querySelector('dialog[open]') !== null) return;
      if (preferences.get().keys === 'off' && event.key.length === 1) return;
      const call = Object.hasOwn(wanted, event.key) ? wanted[event.key] : undefined;
      if (call === undefined) return;
      event.preventDefault();
      call(event);
    };
    document.addEventListener('keydown', press);
    return () => document.removeEventListener('keydown', press);
  });
}

/** Whether who looks may do what this role may. */
export function useRole(role: Role): boolean {
  const { signIn } = useModel();
  return mayAs(useCell(signIn.session), role);
}

/** Whether who looks may do what this role may with the whole hub, and not with a part of it alone. */
export function useWholeRole(role: Role): boolean {
  const { signIn } = useModel();
  const session = useCell(signIn.session);
  return mayAs(session, role) && !isConfined(session);
}

/** Names the tab after what the page shows, while it stands. */
export function usePageTitle(name: string): void {
  const { title } = useModel();
  useEffect(() => {
    title.set(name);
    return () => title.set(null);
  }, [name, title]);
}

/** A document as `useDocument` reads it; while another address is read, what the one before held stays. */
export function useKeptDocument<T>(path: string, isCalm = false): Shown<T> {
  const shown = useDocument<T>(path, isCalm);
  const kept = useRef<T | undefined>(undefined);
  if (shown.value !== undefined) kept.current = shown.value;
  const isOn = shown.failure === null;
  return { ...shown, value: shown.value ?? (isOn ? kept.current : undefined) };
}

/** Reads documents below a path again and again while the component stands and is looked at. */
export function useReading(below: string, everyMs: number): void {
  const { clock, documents } = useModel();
  useEffect(
    () => clock.every(everyMs, () => document.visibilityState === 'visible' && documents.refresh(below)),
    [below, everyMs, clock, documents],
  );
}
