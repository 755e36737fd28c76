import type { Alert } from '../alert/alert.ts';

/** What of an alert can be searched. */
export type Searchable = Pick<Alert, 'id' | 'name' | 'source' | 'origin' | 'fingerprint' | 'labels' | 'annotations'>;

// Longer ones are compared by their beginning.
const LONGEST = 64;
// Of one alert. Its names and labels come first; a text of 64 KiB that repeats nothing has some more.
const MOST_WORDS = 2000;
// Inside one word: who writes aAaAaA means no words.
const MOST_INNER = 20;
/** Words of one search; each is one more look into the index. */
export const MOST_SEARCHED = 20;

// Letters, digits and the marks that belong to them. Of scripts that write no blanks each character is a word.
const RUN = /[\p{L}\p{N}\p{M}]+/gu;
const PIECE =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]|[^\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}]+/gu;
// Where a word begins inside another: `diskFull`, `HTTPServer`.
const INNER = /(?<=[\p{Ll}\p{N}])(?=\p{Lu})|(?<=\p{Lu})(?=\p{Lu}\p{Ll})/gu;

// Most texts are of this kind, and their words need no look into the tables of Unicode.
const ASCII = /^[\0-\x7f]*$/;
const ASCII_RUN = /[A-Za-z0-9]+/g;
const ASCII_INNER = /(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])/g;

/**
 * What of an alert is found: the words of its name, labels (their names, too), annotations, source, instance,
 * fingerprint and id, each once. Both engines keep just these, so that the same is found on both. Who reads many alerts
 * may give `read`, which remembers the words of texts that come again.
 */
export function alertWords(alert: Searchable, read: (text: string) => readonly string[] = wordsOf): readonly string[] {
  const { id, name, source, origin, fingerprint, labels, annotations } = alert;
  const found = new Set<string>();
  const texts = [
    name,
    id,
    source,
    origin,
    fingerprint,
    ...Object.entries(labels).flat(),
    ...Object.values(annotations),
  ];
  for (const text of texts) {
    for (const word of read(text)) found.add(word);
    if (found.size >= MOST_WORDS) return [...found].slice(0, MOST_WORDS);
  }
  return [...found];
}

/** The words of a text and what begins inside them, each once, in its order. */
export function wordsOf(text: string): readonly string[] {
  const found = new Set<string>();
  if (ASCII.test(text)) {
    for (const run of text.match(ASCII_RUN) ?? []) {
      const word = run.toLowerCase();
      found.add(word.slice(0, LONGEST));
      if (word === run) continue;
      for (const part of beginnings(run, ASCII_INNER)) found.add(part.slice(0, LONGEST).toLowerCase());
      if (found.size >= MOST_WORDS) break;
    }
    return [...found];
  }
  for (const run of runsOf(text)) {
    for (const part of beginnings(run, INNER)) add(found, part);
    if (found.size >= MOST_WORDS) break;
  }
  return [...found];
}

/** The words that are searched for: every one of them must be the beginning of a word of what is found. */
export function searchWords(text: string): readonly string[] {
  const found = new Set<string>();
  for (const run of runsOf(text)) add(found, run);
  return [...found];
}

function runsOf(text: string): readonly string[] {
  return (text.normalize('NFKD').match(RUN) ?? []).flatMap((run) => run.match(PIECE) ?? []);
}

/** A word, and what begins inside it, at the places that `inner` matches: `diskFull` and `Full`. */
function beginnings(run: string, inner: RegExp): readonly string[] {
  const head = run.slice(0, 8 * LONGEST);
  return [run, ...[...head.matchAll(inner)].slice(0, MOST_INNER).map(({ index }) => head.slice(index))];
}

function add(found: Set<string>, word: string): void {
  // In lower case a letter may have got marks that it had not before.
  const folded = word
    .slice(0, 8 * LONGEST)
    .toLowerCase()
    .normalize('NFKD')
    .replaceAll(/\p{M}+/gu, '');
  if (folded !== '') found.add([...folded.slice(0, 2 * LONGEST)].slice(0, LONGEST).join(''));
}
