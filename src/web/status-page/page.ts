import { uptimeText } from '../../core/endpoint/report.ts';
import { spanText } from '../../core/figures.ts';
import { escaped } from '../markup.ts';
import type { ShownEndpoint, StatusPageDocument } from './schemas.ts';
import { STYLE } from './style.ts';

const VERDICTS: Readonly<Record<StatusPageDocument['verdict'], string>> = {
  up: 'Everything works',
  partly_down: 'Something is down',
  down: 'Everything is down',
  maintenance: 'Under maintenance',
  unknown: 'Not known now',
};
const STATES: Readonly<Record<ShownEndpoint['state'], string>> = {
  ...{ up: 'Up', down: 'Down', unknown: 'Unknown', maintenance: 'Maintenance' },
};
const TYPES: Readonly<Record<StatusPageDocument['announcements'][number]['type'], string>> = {
  outage: 'Outage',
  warning: 'Warning',
  information: 'Information',
  operational: 'Resolved',
  none: 'Notice',
};

/** The page as HTML; nothing in it but what the document holds, all of it as text. */
export function statusPageHtml(document: StatusPageDocument): string {
  const { title, verdict, announcements, incidents, groups, checked_at: checkedAt } = document;
  const [current, past] = [announcements.filter((one) => !one.archived), announcements.filter((one) => one.archived)];
  const open = incidents?.filter((one) => one.ended_at === null) ?? [];
  const ended = incidents?.filter((one) => one.ended_at !== null) ?? [];
  return [
    '<!doctype html><html lang="en"><head><meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title><style>${STYLE}</style></head><body><main>`,
    `<h1><bdi>${escaped(title)}</bdi></h1>`,
    `<p class="verdict ${verdict}" role="status">${VERDICTS[verdict]}</p>`,
    ...listOf('Announcements', current.map(announcement)),
    ...listOf('Incidents now', open.map(incident)),
    ...(groups.length === 0 ? ['<h2>Nothing is shown here yet</h2>'] : []),
    ...groups.flatMap((group) => listOf(group.name || 'Services', group.endpoints.map(endpoint))),
    ...listOf('Incidents of the last 7 days', ended.map(incident)),
    ...listOf('Earlier announcements', past.map(announcement)),
    `<footer class="quiet">${checkedAt === null ? 'Nothing was checked yet.' : `Last check ${moment(checkedAt)}.`} Times are UTC.</footer>`,
    '</main></body></html>',
  ].join('\n');
}

function listOf(heading: string, items: readonly string[]): readonly string[] {
  if (items.length === 0) return [];
  return [
    `<h2><bdi>${escaped(heading)}</bdi></h2>`,
    '<ul class="box">',
    ...items.map((one) => `<li>${one}</li>`),
    '</ul>',
  ];
}

function announcement({ type, message, at }: StatusPageDocument['announcements'][number]): string {
  return [
    `<span class="chip ${type}">${TYPES[type]}</span>`,
    `<p class="message"><bdi>${escaped(message)}</bdi></p><p class="quiet">${moment(at)}</p>`,
  ].join('');
}

function incident(one: NonNullable<StatusPageDocument['incidents']>[number]): string {
  const { name, group, started_at: start, ended_at: end } = one;
  const title = `<h3><bdi>${escaped(group === '' ? name : `${group} / ${name}`)}</bdi></h3>`;
  const isOver = end !== null;
  const chip = `<span class="chip ${isOver ? 'up' : 'down'}">${isOver ? 'Over' : 'Ongoing'}</span>`;
  const when = isOver
    ? `${moment(start)} to ${moment(end)}, ${spanText(Date.parse(end) - Date.parse(start))}`
    : `Since ${moment(start)}`;
  return `<div class="row">${title}${chip}</div><p class="quiet">${when}</p>`;
}

function endpoint({ name, state, uptime, days, response_ms: responseMs }: ShownEndpoint): string {
  const told = [
    ...(uptime === undefined
      ? []
      : [`Uptime of 24 hours ${uptimeText(uptime['24h'])}, 30 days ${uptimeText(uptime['30d'])}`]),
    ...(responseMs === undefined || responseMs === null ? [] : [`Response time ${responseMs} ms`]),
  ];
  return [
    `<div class="row"><h3><bdi>${escaped(name)}</bdi></h3><span class="chip ${state}">${STATES[state]}</span></div>`,
    ...(days === undefined ? [] : [bars(days), '<p class="quiet ends"><span>90 days ago</span><span>today</span></p>']),
    ...(told.length === 0 ? [] : [`<p class="quiet">${told.join(' · ')}</p>`]),
  ].join('');
}

const BAR = 5;

function bars(days: NonNullable<ShownEndpoint['days']>): string {
  const bad = days.filter(({ down_ms: downMs }) => downMs > 0).length;
  const known = days.filter(({ uptime }) => uptime !== null).length;
  const words =
    known === 0 ? 'nothing is known' : `${bad === 0 ? 'no day' : bad === 1 ? '1 day' : `${bad} days`} with an outage`;
  const rects = days.map(({ day, uptime, down_ms: downMs }, index) => {
    const [look, told] =
      uptime === null
        ? ['n', 'nothing is known']
        : [
            downMs === 0 ? 'g' : uptime >= 0.95 ? 'p' : 'b',
            `${uptimeText(uptime)}${downMs === 0 ? '' : `, down ${spanText(downMs)}`}`,
          ];
    return `<rect class="${look}" x="${index * BAR}" width="${BAR - 1}" height="24"><title>${day}: ${told}</title></rect>`;
  });
  const box = `0 0 ${days.length * BAR - 1} 24`;
  return `<svg class="days" role="img" aria-label="The last ${days.length} days: ${words}" viewBox="${box}" preserveAspectRatio="none">${rects.join('')}</svg>`;
}

function moment(at: string): string {
  return `<time datetime="${at}">${at.slice(0, 16).replace('T', ' ')}</time>`;
}
