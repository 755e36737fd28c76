/** An answer to a sender, before it is written. */
export interface Answered {
  readonly status: number;
  /** A JSON document; undefined for an empty body. */
  readonly body: unknown;
}
