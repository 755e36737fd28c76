import type { ChangeMethod } from '../browser/http.ts';
import type { Model } from './model.ts';

/** A change of who has access, and what is told when it is done. */
export interface AskedChange {
  readonly method: ChangeMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly done: string;
}

/** What became of it: what the hub answered, or why it was refused. */
export type Changed = { readonly value: Readonly<Record<string, unknown>> } | { readonly fault: string };

/** Asks for it, and says so when it is done; a dialog shows the fault itself, for it covers what is told elsewhere. */
export async function tryChange(model: Model, { method, path, body, done }: AskedChange): Promise<Changed> {
  const answer = await model.http.change(method, path, body);
  if (answer.kind === 'failed') return { fault: `Not saved. ${answer.failure.text}` };
  model.documents.refresh();
  model.say({ text: done });
  const value = answer.kind === 'value' && typeof answer.value === 'object' ? answer.value : null;
  return { value: { ...value } };
}

/** Asks for it, and says what became of it. */
export async function askChange(model: Model, asked: AskedChange): Promise<void> {
  const changed = await tryChange(model, asked);
  if ('fault' in changed) model.say({ text: changed.fault, isError: true });
}
