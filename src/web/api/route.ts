import type { Reply } from '../reply.ts';

/** One route of the API. `none` needs no credential: it tells whether the hub lives and can write, and its version. */
export interface Route {
  readonly path: string;
  readonly authentication: 'none' | 'api';
  /** The answer to other methods than GET and HEAD; left out, 405. */
  readonly otherwise?: Reply;
  answer(request: { readonly params: Readonly<Record<string, string>>; readonly query: unknown }): Promise<Reply>;
}
