import { createReadStream } from 'node:fs';
import { createInterface } from 'node:readline';

/** One call of the kernel that bears on what a disk keeps, or on what a sender is told. */
export type Call =
  | { readonly kind: 'write'; readonly path: string; readonly data: Buffer; readonly at: number }
  | { readonly kind: 'truncate'; readonly path: string; readonly size: number }
  | { readonly kind: 'remove'; readonly path: string }
  | { readonly kind: 'rename' | 'link'; readonly from: string; readonly to: string }
  | { readonly kind: 'sync'; readonly path: string; readonly edge: 'begin' | 'end' }
  /** `port` is that of the other side. */
  | { readonly kind: 'send'; readonly port: number; readonly text: string };

/** Arguments of strace whose output `readTrace` reads; the program and its arguments follow. */
export const STRACE = [
  ...['-f', '-yy', '-qq', '-s', '70000', '-e', 'signal=none', '--seccomp-bpf'],
  ...['-e', 'trace=pwrite64,write,writev,sendto,fsync,fdatasync,ftruncate,unlink,rename,link'],
] as const;

/** The calls of a trace in their order. A sync has a beginning and an end: what is written between them is not in it. */
export async function* readTrace(file: string): AsyncGenerator<Call> {
  const unfinished = new Map<string, string>();
  for await (const line of createInterface({ input: createReadStream(file, 'latin1') })) {
    const [, pid = '', text = ''] = /^(\d+)\s+(.*)$/.exec(line) ?? [];
    const cut = text.indexOf(' <unfinished ...>');
    if (cut !== -1) {
      unfinished.set(pid, text.slice(0, cut));
      const path = /^f(?:data)?sync\(\d+<([^>]*)>/.exec(text)?.[1];
      if (path !== undefined) yield { kind: 'sync', path, edge: 'begin' };
      continue;
    }
    const resumed = /^<\.\.\. \w+ resumed>(.*)$/.exec(text)?.[1];
    const begun = unfinished.get(pid) ?? '';
    yield* callsOf(resumed === undefined ? text : begun + resumed, resumed === undefined);
  }
}

function* callsOf(text: string, isWhole: boolean): Generator<Call> {
  const [, name, rest = ''] = /^(\w+)\((.*)$/.exec(text) ?? [];
  const failed = / = -1 E/.test(text);
  if (failed || name === undefined) return;
  if (name === 'fsync' || name === 'fdatasync') {
    const path = /^\d+<([^>]*)>/.exec(rest)?.[1];
    if (path === undefined || !/ = 0$/.test(text)) return;
    if (isWhole) yield { kind: 'sync', path, edge: 'begin' };
    yield { kind: 'sync', path, edge: 'end' };
  } else if (name === 'pwrite64') {
    const [, path, quoted, at] = /^\d+<([^>]*)>, "(.*)", \d+, (\d+)\)\s+= \d+$/.exec(rest) ?? [];
    if (path !== undefined) yield { kind: 'write', path, data: unquote(quoted ?? ''), at: Number(at) };
  } else if (name === 'ftruncate') {
    const [, path, size] = /^\d+<([^>]*)>, (\d+)\)/.exec(rest) ?? [];
    if (path !== undefined) yield { kind: 'truncate', path, size: Number(size) };
  } else if (name === 'unlink') {
    const path = /^"([^"]*)"\)/.exec(rest)?.[1];
    if (path !== undefined) yield { kind: 'remove', path };
  } else if (name === 'rename' || name === 'link') {
    const [, from, to] = /^"([^"]*)", "([^"]*)"\)/.exec(rest) ?? [];
    if (from !== undefined && to !== undefined) yield { kind: name, from, to };
  } else {
    const [, port, sent = ''] = /^\d+<TCP:\[[^\]]*->[^\]]*:(\d+)\]>, (.*)$/.exec(rest) ?? [];
    if (port !== undefined) yield { kind: 'send', port: Number(port), text: sent };
  }
}

const ESCAPES: Readonly<Record<string, number>> = { n: 10, t: 9, r: 13, v: 11, f: 12, a: 7, b: 8 };

/** The bytes of a text as strace quotes it. */
function unquote(quoted: string): Buffer {
  const bytes = Buffer.allocUnsafe(quoted.length);
  let length = 0;
  for (let at = 0; at < quoted.length; at += 1) {
    let byte = quoted.charCodeAt(at);
    if (byte === 0x5c) {
      const octal = /^[0-7]{1,3}/.exec(quoted.slice(at + 1, at + 4))?.[0];
      const next = quoted[at + 1] ?? '';
      byte = octal === undefined ? (ESCAPES[next] ?? next.charCodeAt(0)) : Number.parseInt(octal, 8);
      at += octal?.length ?? 1;
    }
    bytes[length++] = byte;
  }
  return Buffer.from(bytes.subarray(0, length));
}
