/** Why a request was not answered as it should be. */
export interface Failure {
  /** 0 when the hub could not be reached. */
  readonly status: number;
  /** What the hub said, or that it said nothing. */
  readonly text: string;
}

/** An answer, or why there is none; `unchanged` when the one that is known still holds. */
export type Answer =
  | { readonly kind: 'value'; readonly value: unknown; readonly etag: string | null }
  | { readonly kind: 'unchanged' }
  | { readonly kind: 'failed'; readonly failure: Failure };
