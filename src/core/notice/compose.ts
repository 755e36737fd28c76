import { clip, type Measure } from './clip.ts';
import type { Wording } from './wording.ts';

/** How a target writes what people read. Each function gets plain data and escapes it. */
export interface Style {
  escape(text: string): string;
  bold(text: string): string;
  link(label: string, url: string): string;
}

/** No markup at all. */
export const PLAIN: Style = {
  escape: (text) => text,
  bold: (text) => text,
  link: (label, url) => `${label}: ${url}`,
};

/** How long a text may be, and how that is counted. */
export interface Limit {
  readonly most: number;
  readonly measure: Measure;
}

/** What stands on the first line: all of it, or only what the target has no other place for. */
export type FirstLine = 'headline' | 'when' | 'none';

/**
 * A text in a target's markup that keeps its limit: data are cut before the markup is made, so no tag and no escape is
 * ever cut. The first line comes first, then why, items, evidence and links; links keep their place before items do.
 * Of items that do not fit the number is told, and it is exact.
 */
export function composeText(wording: Wording, style: Style, limit: Limit, first: FirstLine = 'headline'): string {
  const { most, measure } = limit;
  const whole = wholeText(wording, style, first);
  if (measure(whole) <= most) return whole;
  const parts: string[] = [];
  let left = most;
  const add = (data: string, write: (data: string) => string, reserve = 0): boolean => {
    const between = parts.length > 0 ? measure('\n') : 0;
    const rendered = fitted(data, write, left - between - reserve, measure);
    if (rendered === null) return false;
    left -= measure(rendered) + between;
    parts.push(rendered);
    return true;
  };
  if (first === 'headline') add(wording.headline, style.bold);
  else if (first === 'when' && wording.when !== '') add(capital(wording.when), style.escape);
  const links = first === 'headline' && left < most / 8 ? '' : keptLinks(wording, style, Math.floor(left / 2), measure);
  left -= links === '' ? 0 : measure(links) + measure('\n');
  for (const remark of wording.remarks) add(remark, style.escape);
  const { items, more } = wording;
  const restLine = (shown: number) => `and ${items.length - shown + more} more`;
  const unshown = items.findIndex((item, index) => {
    const isLast = index === items.length - 1 && more === 0;
    return !add(item, (data) => `- ${style.escape(data)}`, isLast ? 0 : measure(`\n${style.escape(restLine(0))}`));
  });
  const shown = unshown === -1 ? items.length : unshown;
  if (items.length - shown + more > 0) add(restLine(shown), style.escape);
  for (const { name, value } of wording.evidence) {
    if (!add(name === '' ? value : `${name}: ${value}`, style.escape)) break;
  }
  if (links !== '') parts.push(links);
  return parts.join('\n');
}

function wholeText({ headline, when, remarks, items, more, evidence, links }: Wording, style: Style, first: FirstLine) {
  return [
    ...(first === 'headline' ? [style.bold(headline)] : []),
    ...(first === 'when' && when !== '' ? [style.escape(capital(when))] : []),
    ...remarks.map(style.escape),
    ...items.map((item) => `- ${style.escape(item)}`),
    ...(more > 0 ? [style.escape(`and ${more} more`)] : []),
    ...evidence.map(({ name, value }) => style.escape(name === '' ? value : `${name}: ${value}`)),
    ...links.map(({ label, url }) => style.link(label, url)),
  ].join('\n');
}

/** What an operator's template came to, where it keeps the limit; else the built-in text, which then says so. */
export function textOr(
  given: string | undefined,
  wording: Wording,
  style: Style,
  limit: Limit,
  first: FirstLine = 'headline',
): string {
  if (given === undefined) return composeText(wording, style, limit, first);
  const size = limit.measure(given);
  if (size <= limit.most && given.trim() !== '') return given.toWellFormed();
  const why = size > limit.most ? `is longer than ${limit.most}` : 'is empty';
  const remarks = [...wording.remarks, `The text of the template ${why}; this is the built-in one.`];
  return composeText({ ...wording, remarks }, style, limit, first);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** As many links as fit, one a line; never a part of one. */
function keptLinks({ links }: Wording, style: Style, room: number, measure: Measure): string {
  return links
    .map(({ label, url }) => style.link(label, url))
    .reduce((all, link) => {
      const next = all === '' ? link : `${all}\n${link}`;
      return measure(next) <= room ? next : all;
    }, '');
}

/** `data` cut so that what `write` makes of it fits; null when less than a few characters would be left. */
export function fitted(data: string, write: (data: string) => string, room: number, measure: Measure): string | null {
  const whole = write(clip(data, Math.max(0, room * 2), measure));
  if (measure(whole) <= room && measure(data) <= room * 2) return whole;
  let [low, high] = [0, Math.max(0, room)];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (measure(write(clip(data, middle, measure))) <= room) low = middle;
    else high = middle - 1;
  }
  return low < 8 && measure(data) > low ? null : write(clip(data, low, measure));
}

/** HTML, as far as Telegram, Matrix and mail agree. */
export const HTML: Style = {
  escape: escapeHtml,
  bold: (text) => `<b>${escapeHtml(text)}</b>`,
  link: (label, url) => `<a href="${escapeHtml(url)}">${escapeHtml(label)}</a>`,
};

/** Slack's own markup, in which three characters are special everywhere (api.slack.com, "Formatting text"). */
export const MRKDWN: Style = {
  escape: escapeMrkdwn,
  bold: (text) => `*${escapeMrkdwn(text.replaceAll('*', '∗'))}*`,
  link: (label, url) => `<${escapeMrkdwn(url.replaceAll('|', '%7C').replaceAll('>', '%3E'))}|${escapeMrkdwn(label)}>`,
};

/** Markdown as Discord, Mattermost and Teams read it. */
export const MARKDOWN: Style = {
  escape: escapeMarkdown,
  bold: (text) => `**${escapeMarkdown(text)}**`,
  link: (label, url) => `[${escapeMarkdown(label)}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})`,
};

/** A text between tags or in a quoted attribute. */
export function escapeHtml(text: string): string {
  const named: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    "'": '&#39;',
  };
  return text.replace(/[&<>"']/g, (character) => named[character] ?? character);
}

function escapeMrkdwn(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * What is special inside a line, and what is only at its beginning. A zero-width space behind an @ keeps a name from
 * being called.
 */
function escapeMarkdown(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|~]/g, '\\$&')
    .replace(/^(\s*)([#+-])/, '$1\\$2')
    .replaceAll('@', '@\u200b');
}
