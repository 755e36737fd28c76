import { isObject } from '../reading/read.ts';

/** What a receiver for trying makes of a body that it was sent. */
export interface ReceivedMessage {
  /** Whose form it has: `alertmanager`, `slack`, …; else `json`, `form`, `text` or `empty`. */
  readonly form: string;
  /** What it says, the headline first; links stand behind their labels. Not on one line each. */
  readonly lines: readonly string[];
  /** The body: a JSON value, the fields of a form, or text; credentials in it are replaced by `[secret]`. */
  readonly body: unknown;
}

type Fields = Readonly<Record<string, unknown>>;

/** Reads a body; whatever it is, something is made of it. */
export function readMessage(contentType: string, text: string): ReceivedMessage {
  if (text.trim() === '') return { form: 'empty', lines: ['(no body)'], body: '' };
  if (/^application\/x-www-form-urlencoded\b/i.test(contentType)) {
    const fields = withoutSecrets(Object.fromEntries(new URLSearchParams(text))) as Fields;
    const named = FORMS.find(([, isIt]) => isIt(fields))?.[0] ?? 'form';
    return { form: named, lines: harvested(fields), body: fields };
  }
  const parsed = parse(text);
  if (!isObject(parsed) && !Array.isArray(parsed))
    return { form: 'text', lines: text.trim().split(/\r?\n/), body: text };
  const body = withoutSecrets(parsed);
  const form = isObject(body) ? (FORMS.find(([, isIt]) => isIt(body))?.[0] ?? 'json') : 'json';
  return { form, lines: form === 'alertmanager' ? alertmanagerLines(body as Fields) : harvested(body), body };
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.trim() !== '';
const has =
  (...names: readonly string[]) =>
  (body: Fields) =>
    names.every((name) => Object.hasOwn(body, name));

/** The forms that this program's own channels send, the more special first. */
const FORMS: readonly (readonly [name: string, isIt: (body: Fields) => boolean])[] = [
  ['alertmanager', (body) => Array.isArray(body.alerts) && has('groupLabels')(body)],
  ['generic', has('version', 'phase', 'incident')],
  ['pagerduty', has('routing_key', 'event_action')],
  ['opsgenie', has('message', 'alias')],
  ['telegram', has('chat_id', 'text')],
  ['alerta', has('resource', 'event')],
  ['matrix', has('msgtype', 'body')],
  ['discord', (body) => Array.isArray(body.embeds) || (isText(body.content) && !Object.hasOwn(body, 'text'))],
  ['ntfy', has('topic')],
  ['gotify', has('message', 'extras')],
  ['pushover', has('message', 'user')],
  ['twilio', has('To', 'From', 'Body')],
  ['teams', (body) => body.type === 'message' && Array.isArray(body.attachments)],
  ['googlechat', (body) => Object.hasOwn(body, 'cardsV2') || has('text', 'thread')(body)],
  ['slack', (body) => isText(body.text)],
];

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const SECRETS = /^(token|password|secret|routing_key|service_key|api_?key|authorization)$/i;

/** The value, with what stands under the name of a credential replaced. */
function withoutSecrets(value: unknown, depth = 0): unknown {
  if (depth > 50) return '[nested too deep]';
  if (Array.isArray(value)) return value.map((one) => withoutSecrets(one, depth + 1));
  if (!isObject(value)) return value;
  // Beside a token, Pushover's user is one, too.
  const isSecret = (name: string) => SECRETS.test(name) || (name === 'user' && isText(value.token));
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isSecret(name) && isText(inner) ? '[secret]' : withoutSecrets(inner, depth + 1),
  ]);
  return Object.fromEntries(entries);
}

function alertmanagerLines(body: Fields): readonly string[] {
  const alerts = (Array.isArray(body.alerts) ? body.alerts : []).filter(isObject);
  const names = [...new Set(alerts.map(({ labels }) => textIn(labels, 'alertname')).filter(isText))];
  const firing = alerts.filter(({ status }) => status === 'firing').length;
  const count = body.status === 'firing' && firing > 1 ? `:${firing}` : '';
  const status = typeof body.status === 'string' ? body.status.toUpperCase() : 'ALERTS';
  const more = Number(body.truncatedAlerts) > 0 ? [`and ${body.truncatedAlerts} more`] : [];
  return [`[${status}${count}] ${names.join(', ') || '(no alertname)'}`, ...alerts.map(alertLine), ...more];
}

function alertLine({ status, labels, annotations }: Fields): string {
  const all = isObject(labels) ? Object.entries(labels).filter(([name]) => name !== 'alertname') : [];
  const said = ['summary', 'message', 'description'].map((name) => textIn(annotations, name)).find(isText);
  const words = [String(status), textIn(labels, 'alertname'), said === undefined ? '' : `: ${said}`];
  return `${words
    .filter((word) => word !== '')
    .join(' ')
    .replace(' :', ':')}  ${all.map(([n, v]) => `${n}=${v}`).join(' ')}`.trimEnd();
}

const LABELS = ['url_title', 'title', 'label', 'text', 'name'];
const TEXTS: readonly string[] = [
  ...['headline', 'title', 'summary', 'fallback', 'message', 'text', 'content', 'body', 'Body', 'description', 'value'],
];
const DEEPEST = 12;
const MOST = 100;

/** Texts in the order in which a person would read them; each once. */
function harvested(value: unknown): readonly string[] {
  const lines: string[] = [];
  gather(value, lines, 0);
  const once = [...new Set(lines.map((line) => line.trim()).filter((line) => line !== ''))];
  if (once.length === 0) return [JSON.stringify(value)];
  return once.length > MOST ? [...once.slice(0, MOST), `and ${once.length - MOST} more lines`] : once;
}

function gather(value: unknown, lines: string[], depth: number): void {
  if (depth > DEEPEST) return;
  if (Array.isArray(value)) for (const one of value) gather(one, lines, depth + 1);
  if (!isObject(value)) return;
  const link = linkIn(value);
  if (link !== null && !isText(value.message)) {
    lines.push(link);
    return;
  }
  const { title, value: figure } = value;
  if (isText(title) && (isText(figure) || typeof figure === 'number')) lines.push(`${title}: ${figure}`);
  else for (const name of TEXTS) if (isText(value[name])) lines.push(...value[name].split(/\r?\n/));
  for (const inner of Object.values(value)) gather(inner, lines, depth + 1);
  if (link !== null) lines.push(link);
}

/** A button or link, with what it is called. */
function linkIn(value: Fields): string | null {
  const url = [value.url, value.href].find((one) => isText(one) && /^https?:\/\//i.test(one));
  if (url === undefined) return null;
  const label = LABELS.map((name) => (isObject(value[name]) ? value[name].text : value[name])).find(isText);
  return label === undefined ? String(url) : `${label}: ${url}`;
}

function textIn(fields: unknown, name: string): string {
  return isObject(fields) && isText(fields[name]) ? fields[name] : '';
}
