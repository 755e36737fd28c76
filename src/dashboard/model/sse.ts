/** An event of a stream of Server-Sent Events. */
export interface StreamEvent {
  readonly id: string;
  readonly event: string;
  readonly data: string;
}

/**
 * Takes a stream of Server-Sent Events apart, however it is cut into pieces; gives the events that a piece completes.
 * Comments, which are signs of life, and blocks without data give nothing. As the standard has it, an id holds until the next.
 */
export function createStreamParser(): (piece: string) => readonly StreamEvent[] {
  let rest = '';
  let id = '';
  let event = '';
  let data: string[] = [];
  return (piece) => {
    const found: StreamEvent[] = [];
    const text = `${rest}${piece}`;
    // A carriage return at the end may be the first half of a line break.
    const isHalf = text.endsWith('\r');
    const lines = (isHalf ? text.slice(0, -1) : text).split(/\r\n|\n|\r/);
    rest = `${lines.pop() ?? ''}${isHalf ? '\r' : ''}`;
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) found.push({ id, event: event === '' ? 'message' : event, data: data.join('\n') });
        event = '';
        data = [];
        continue;
      }
      const [, field = '', value = ''] = /^([^:]*):? ?([\s\S]*)$/.exec(line) ?? [];
      if (field === 'id') id = value;
      else if (field === 'event') event = value;
      else if (field === 'data') data.push(value);
    }
    return found;
  };
}
