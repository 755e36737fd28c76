import { createHash } from 'node:crypto';
import type { Aftermath } from '../../core/action/aftermath.ts';
import { type LinkPurpose, SHELVE_SPANS } from '../../core/action/link.ts';
import { isLive } from '../../core/incident/incident.ts';
import type { alertJson, incidentJson } from '../api/views.ts';
import { escaped } from '../markup.ts';

/** An incident as the API gives it, with its alerts. */
export type ShownIncident = ReturnType<typeof incidentJson> & {
  readonly alerts: readonly Pick<ReturnType<typeof alertJson>, 'name' | 'status' | 'severity' | 'annotations'>[];
};

const STYLE = `:root{color-scheme:light dark;--line:#d0d7de;--quiet:#57606a;--accent:#0550ae}
@media(prefers-color-scheme:dark){:root{--line:#30363d;--quiet:#8b949e;--accent:#58a6ff}}
body{font:16px/1.5 system-ui,sans-serif;max-width:36rem;margin:2rem auto;padding:0 1rem;overflow-wrap:anywhere}
h1{font-size:1.25rem;line-height:1.3;margin:0 0 .25rem}
p,ul{margin:.5rem 0}ul{padding-left:1.25rem}
.quiet{color:var(--quiet)}
form{border-top:1px solid var(--line);margin-top:1.5rem;padding-top:1rem}
label{display:block;margin:.5rem 0}
input,select,button{font:inherit;padding:.5rem .75rem;border:1px solid var(--line);border-radius:.4rem}
input,select{width:100%;box-sizing:border-box}
button{background:var(--accent);color:Canvas;border:0;font-weight:600;cursor:pointer}`;

/** Headers of every page here: it loads nothing, runs nothing, is kept and framed by nobody, and tells nobody its address. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': [
    "default-src 'none'",
    `style-src 'sha256-${createHash('sha256').update(STYLE).digest('base64')}'`,
    ...["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
  ].join(';'),
  'Referrer-Policy': 'no-referrer',
  'Cache-Control': 'no-store',
  'X-Robots-Tag': 'noindex, nofollow',
};

// Alerts on one page: who wants all of them asks the hub.
const ALERTS_SHOWN = 20;

const BUTTONS: Readonly<Record<Exclude<LinkPurpose, 'show'>, string>> = {
  acknowledge: 'Acknowledge',
  unacknowledge: 'Take the acknowledgement back',
  resolve: 'Resolve',
  close: 'Close',
  reopen: 'Reopen',
  shelve: 'Hold its messages back',
};

const SPANS = SHELVE_SPANS.map(({ name, label }) => `<option value="${name}">${label}</option>`).join('');

/** The page of a link: the incident, and a form for what the link is for. Nothing happens before the form is sent. */
export function incidentPage(incident: ShownIncident, purpose: LinkPurpose, told: Aftermath | null): string {
  const isPossible = isLive(incident) !== (purpose === 'reopen');
  const form = purpose === 'show' || told !== null || !isPossible ? '' : formOf(purpose);
  const note = told?.done ?? (purpose !== 'show' && !isPossible ? 'Nothing to do: it is over already.' : null);
  return page(incident.title, [
    `<h1>${escaped(incident.title)}</h1>`,
    `<p class="quiet">${escaped(stateOf(incident))}</p>`,
    ...(note === null ? [] : [`<p role="status"><strong>${escaped(note)}</strong></p>`]),
    ...(told === null || told.next === null ? [] : [`<p>${escaped(told.next)}</p>`]),
    alertList(incident),
    form,
  ]);
}

/** A page that says one thing. */
export function messagePage(title: string, text: string): string {
  return page(title, [`<h1>${escaped(title)}</h1>`, `<p>${escaped(text)}</p>`]);
}

function stateOf(incident: ShownIncident): string {
  const { status, severity, opened_at, acknowledged_by, resolved_at, shelved_until, assignee } = incident;
  const time = (iso: string | null) => (iso ?? '').slice(0, 16).replace('T', ' ');
  const by = status === 'acknowledged' && acknowledged_by ? ` by ${acknowledged_by}` : '';
  const whose = assignee === null ? '' : `, assigned to ${assignee}`;
  const shelf = shelved_until === null ? '' : `, held back until ${time(shelved_until)} UTC`;
  const end = resolved_at === null ? '' : `, until ${time(resolved_at)}`;
  return `${severity}, ${status}${by}${whose}, since ${time(opened_at)}${end} UTC${shelf}`;
}

function alertList({ alerts, firing_count: total }: ShownIncident): string {
  const firing = alerts.filter(({ status }) => status !== 'resolved');
  const items = firing.slice(0, ALERTS_SHOWN).map(({ name, severity, annotations }) => {
    const { message = annotations.summary } = annotations;
    return `<li>${escaped(`${severity}: ${name}${message === undefined ? '' : `: ${message.slice(0, 300)}`}`)}</li>`;
  });
  const more = total - items.length;
  const rest = more > 0 ? `<li class="quiet">and ${more} more</li>` : '';
  return items.length === 0 ? '' : `<ul>${items.join('')}${rest}</ul>`;
}

function formOf(purpose: Exclude<LinkPurpose, 'show'>): string {
  return [
    '<form method="post">',
    '<label>Your name <input name="by" maxlength="200" autocomplete="name"></label>',
    ...(purpose === 'shelve' ? [`<label>For <select name="for">${SPANS}</select></label>`] : []),
    '<label>Comment <input name="comment" maxlength="1000" autocomplete="off"></label>',
    `<button type="submit">${BUTTONS[purpose]}</button>`,
    '</form>',
  ].join('');
}

function page(title: string, parts: readonly string[]): string {
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    ...parts,
    '</main></body></html>',
  ].join('\n');
}
