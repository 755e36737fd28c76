import { escapeHtml, MARKDOWN, MRKDWN } from './compose.ts';

/** Markup of a target: what has to be escaped in a value so that it shows as it is. */
export type Markup = 'plain' | 'html' | 'mrkdwn' | 'markdown' | 'json';

/** What a value goes through before it stands in a text of that markup; in JSON, between the quotes of a string. */
export const ESCAPES: Readonly<Record<Markup, (text: string) => string>> = {
  plain: (text) => text,
  html: escapeHtml,
  mrkdwn: MRKDWN.escape,
  markdown: MARKDOWN.escape,
  json: (text) => JSON.stringify(text).slice(1, -1),
};
