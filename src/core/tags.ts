import { presentText } from './absent.ts';
import type { Labels } from './alert.ts';
import { put } from './read.ts';

/**
 * Labels from tags: a list, or a text with commas, of `key:value`. A tag without a colon is `"true"`; several values of
 * one key stand side by side, apart by commas. What is no tag is left out.
 */
export function tagLabels(tags: unknown): Labels {
  const labels: Labels = {};
  const list = typeof tags === 'string' ? tags.split(',') : Array.isArray(tags) ? tags : [];
  for (const tag of list) {
    const text = presentText(tag)?.trim();
    if (text === undefined) continue;
    const colon = text.indexOf(':');
    if (colon === -1) addTag(labels, text, 'true');
    else addTag(labels, text.slice(0, colon).trim(), text.slice(colon + 1).trim());
  }
  return labels;
}

/** Adds one tag to labels, beside the values that its key has already. */
export function addTag(labels: Labels, key: string, value: string): void {
  if (key === '') return;
  const before = Object.hasOwn(labels, key) ? labels[key] : undefined;
  if (before === undefined || before === '') put(labels, key, value);
  else if (value !== '' && !before.split(',').includes(value)) put(labels, key, `${before},${value}`);
}
