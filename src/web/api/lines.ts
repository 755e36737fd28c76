import { readBody } from '../../core/reading/body.ts';

/** A line that is no JSON: what stands in place of its value. */
export class UnreadableLine {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

const LINE_FEED = 0x0a;

/** Whether a Content-Type says that each line of a body is a JSON value. */
export function saysLines(type: string): boolean {
  return /^application\/(?:x-)?ndjson\s*(?:;|$)/i.test(type.trim());
}

/** The values of lines; blank ones are passed over. There is one beyond `most` where there are more than that. */
export function readLines(bytes: Buffer, most: number): readonly unknown[] {
  const values: unknown[] = [];
  for (let from = 0; from < bytes.length && values.length <= most; ) {
    const found = bytes.indexOf(LINE_FEED, from);
    const end = found === -1 ? bytes.length : found;
    const line = bytes.subarray(from, end);
    from = end + 1;
    if (line.every(isBlank)) continue;
    const content = readBody(line, 'application/json');
    values.push(content.ok ? content.value : new UnreadableLine(reasonOf(content)));
  }
  return values;
}

function isBlank(byte: number): boolean {
  return byte === 0x20 || byte === 0x09 || byte === 0x0d;
}

function reasonOf({ cause, message }: { readonly cause: string; readonly message: string }): string {
  return cause === 'not_json' ? 'the line is not JSON' : message;
}
