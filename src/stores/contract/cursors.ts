/** Where a page of a list by attention ends: behind a row of a segment, in the list as it was after some change. */
export interface AttentionPlace {
  /** When anything of the list had last changed as its first page was read, UTC milliseconds. */
  readonly at: number;
  readonly segment: number;
  readonly changedAt: number;
  /** Tells rows apart that changed at the same time. */
  readonly tie: string;
}

const ATTENTION = /^(\d{1,15})\.(\d{1,3})\.(\d{1,15})\.([0-9a-f-]{1,36})$/;
const ID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** Reads the cursor of a list by attention; undefined when it is none. */
export function attentionPlace(cursor: string): AttentionPlace | undefined {
  const [, at, segment, changedAt, tie] = ATTENTION.exec(cursor) ?? [];
  if (tie === undefined) return undefined;
  return { at: Number(at), segment: Number(segment), changedAt: Number(changedAt), tie };
}

/** Whether this is the id of an alert or an incident, which is the cursor of their lists without an order. */
export function isId(text: string): boolean {
  return ID.test(text);
}
