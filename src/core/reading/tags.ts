import type { Labels } from '../alert/alert.ts';
import { presentText } from './absent.ts';
import { setOwn } from './read.ts';

/**
 * Labels from tags: a list, or a text with commas, of `key:value`. A tag without a colon is `"true"`; several values of
 * one key stand side by side, apart by commas. What is no tag is left out.
 */
export function tagLabels(tags: unknown): Labels {
  const list = typeof tags === 'string' ? tags.split(',') : Array.isArray(tags) ? tags : [];
  return joinedTags(
    list.flatMap((tag): Tag[] => {
      const text = presentText(tag)?.trim();
      if (text === undefined) return [];
      const colon = text.indexOf(':');
      return [colon === -1 ? [text, 'true'] : [text.slice(0, colon).trim(), text.slice(colon + 1).trim()]];
    }),
  );
}

/** A tag's key and value. */
export type Tag = readonly [key: string, value: string];

/** Labels of tags whose keys may come several times: their values stand side by side, each once. */
export function joinedTags(tags: readonly Tag[]): Labels {
  const values = new Map<string, Set<string>>();
  for (const [key, value] of tags) {
    if (key === '') continue;
    const known = values.get(key);
    if (known === undefined) values.set(key, new Set([value]));
    else known.add(value);
  }
  const labels: Labels = {};
  for (const [key, known] of values) setOwn(labels, key, [...known].filter((value) => value !== '').join(','));
  return labels;
}
