import type { Labels } from '../../core/alert/alert.ts';
import { isOfState } from '../../core/alert/identity.ts';
import { oneLine } from '../../core/one-line.ts';
import { statelessText } from '../../core/reading/stateless.ts';
import { steadyText } from '../../core/reading/steady.ts';
import { identityOf } from '../../lib/crypto/digest.ts';

/** What an alert can be told apart by. */
export interface Telling {
  /** What its sender calls it. */
  readonly given: string | undefined;
  /** Its names: the first is that it is shown by. */
  readonly names: readonly string[];
  /** Whether the name is the beginning of a message. */
  readonly isMessage: boolean;
  readonly labels: Labels;
}

/**
 * The fingerprint of an alert, and whether nothing tells it apart but a text that may change: what its sender calls it,
 * else labels, and of its names the first without figures. Where no label says where it is, the words of a title that
 * may name that, such as `web-1`, tell apart, too.
 */
export function identify({ given, names, isMessage, labels }: Telling): { fingerprint: string; isGuessed: boolean } {
  if (given !== undefined) return { fingerprint: identityOf(given, '', {}), isGuessed: false };
  const title = plain(names[0] ?? '');
  const name = isMessage || /\p{N}/u.test(title) ? (names.map(plain).find(isSteady) ?? title) : title;
  const kept = steadyLabels(labels);
  const places = name === title || Object.keys(kept).length > 0 ? [] : title.split(BETWEEN).filter(mayBePlace);
  const isGuessed = name === title && (isMessage || /\p{N}/u.test(names[0] ?? ''));
  return { fingerprint: identityOf(undefined, [name, ...places].join(' '), kept), isGuessed };
}

const BETWEEN = /[\s,;()[\]"'#]+/;

/** Letters and figures in one word, or figures with signs between: hosts, devices, addresses with ports. */
function mayBePlace(word: string): boolean {
  return /\p{N}/u.test(word) && /\p{L}|\p{N}[.:]\p{N}/u.test(word);
}

function plain(name: string): string {
  return steadyText(statelessText(oneLine(name, 2000)));
}

function isSteady(name: string): boolean {
  return name !== '' && !/[\p{N}#]/u.test(name);
}

/** Labels without those that tell how bad it is, and without what was measured. */
function steadyLabels(labels: Labels): Labels {
  return Object.fromEntries(
    Object.entries(labels).filter(([key, value]) => !isOfState(key) && !/^\s*[-+]?\d+(?:[.,]\d+)?\s*%\s*$/.test(value)),
  );
}
