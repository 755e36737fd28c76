import { severityOfWord, statusOfWord } from './words.ts';

const BEFORE = /^\s*(?:\[([^\][]{1,40})\]|\(([^()]{1,40})\)|([^:|]{1,30})[:|](?=\s)|([✅✔✓🟢❌✖🔴🔥⚠]\uFE0F?))\s*/u;
const BEHIND = /\s+(?:(?:is|are|was|has|went|came)\s+(.{1,30})|[[(]([^[\]()]{1,40})[\])])[.!\s]*$/;
/** What stands at the end of a title is no longer than this. */
const LONGEST_END = 64;
// A title has one or two.
const MOST = 4;

/**
 * A title without what it says of the state: "[RESOLVED] CPU", "Problem: CPU" and "CPU is down" are "CPU". A title of
 * nothing else stays as it is.
 */
export function statelessText(text: string): string {
  let rest = text;
  for (let found = 0; found < MOST; found += 1) {
    const match = BEFORE.exec(rest);
    if (match === null || (match[4] === undefined && !isState(match[1] ?? match[2] ?? match[3] ?? ''))) break;
    rest = rest.slice(match[0].length);
  }
  const start = Math.max(0, rest.length - LONGEST_END);
  const match = BEHIND.exec(rest.slice(start));
  if (match !== null && isState(match[1] ?? match[2] ?? '')) rest = rest.slice(0, start + match.index);
  return rest.trim() === '' ? text : rest.trim();
}

function isState(text: string): boolean {
  return statusOfWord(text) !== undefined || severityOfWord(text) !== undefined;
}
