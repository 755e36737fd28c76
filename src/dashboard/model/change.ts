import type { ChangeMethod } from '../browser/http.ts';
import type { Model } from './model.ts';

/** A change of who has access, and what is told when it is done. */
export interface AskedChange {
  readonly method: ChangeMethod;
  readonly path: string;
  readonly body?: unknown;
  readonly done: string;
}

/** Asks for it and says what became of it; gives what the hub answered, null when it was refused. */
export async function askChange(
  model: Model,
  { method, path, body, done }: AskedChange,
): Promise<Record<string, unknown> | null> {
  const answer = await model.http.change(method, path, body);
  if (answer.kind === 'failed') {
    model.say({ text: `Not saved. ${answer.failure.text}`, isError: true });
    return null;
  }
  model.documents.refresh();
  model.say({ text: done });
  return answer.kind === 'value' && typeof answer.value === 'object' && answer.value !== null
    ? (answer.value as Record<string, unknown>)
    : {};
}
