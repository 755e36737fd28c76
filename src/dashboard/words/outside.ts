// Signs that turn the direction of what follows, or show as nothing: in a name they make it look like another.
const HIDDEN = /(?![\n\t])[\p{Cc}\p{Cf}\u2028\u2029]/gu;

/** Text of others as it is shown: what would turn or hide it stands there as an escape. It becomes a text node, never markup. */
export function shown(text: string): string {
  return text.replace(HIDDEN, (sign) => `\\u${(sign.codePointAt(0) ?? 0).toString(16).padStart(4, '0')}`);
}

/** An address that may be a link: http and https only; null for any other text. */
export function linkOf(text: string): string | null {
  if (!/^https?:\/\//i.test(text) || !URL.canParse(text)) return null;
  const { protocol, href, username } = new URL(text);
  return (protocol === 'https:' || protocol === 'http:') && username === '' ? href : null;
}

/** A long address, cut in its middle: host and end tell them apart. */
export function cutMiddle(text: string, most: number): string {
  if (text.length <= most) return text;
  const head = Math.ceil((most - 1) * 0.6);
  return `${text.slice(0, head)}…${text.slice(text.length - (most - 1 - head))}`;
}

/** The last characters of an id, which tell ids of one moment apart. */
export function shortId(id: string): string {
  return id.length > 8 ? id.slice(-6) : id;
}
