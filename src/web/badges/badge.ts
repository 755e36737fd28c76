import { escaped } from '../markup.ts';
import { textWidth } from './text-width.ts';

/** Gatus's colours of badges, from the best to the worst. */
const COLOURS = ['#40cc11', '#94cc11', '#ccd311', '#ccb311', '#cc8111', '#c7130a'] as const;
const WORST = '#c7130a';
const UPTIME_STEPS = [0.975, 0.95, 0.9, 0.8, 0.65];
const RESPONSE_STEPS = [50, 200, 300, 500, 750];

/** What a badge says. */
export interface Badge {
  readonly label: string;
  readonly value: string;
  readonly colour: string;
}

/** Whether an endpoint is up, as Gatus has it. */
export function healthBadge(state: 'up' | 'down' | 'unknown'): Badge {
  const colour = { up: COLOURS[0], down: WORST, unknown: COLOURS[3] }[state];
  return { label: 'health', value: state === 'unknown' ? '?' : state, colour };
}

/** The share of a span, such as `24h`, for which an endpoint was up; null where nothing is known of it. Cut, never rounded up. */
export function uptimeBadge(span: string, uptime: number | null): Badge {
  const label = `uptime ${span}`;
  if (uptime === null) return { label, value: '?', colour: COLOURS[3] };
  const place = UPTIME_STEPS.findIndex((least) => uptime >= least);
  const hundredths = Math.floor(Math.round(uptime * 1e6) / 100);
  return { label, value: `${hundredths / 100}%`, colour: COLOURS[place] ?? WORST };
}

/** The mean time of an answer over a span, in milliseconds; null where none came. `steps` are the most of the first five colours. */
export function responseTimeBadge(span: string, ms: number | null, steps: readonly number[] = RESPONSE_STEPS): Badge {
  const label = `response time ${span}`;
  if (ms === null) return { label, value: '?', colour: COLOURS[3] };
  const place = steps.findIndex((most) => ms <= most);
  return { label, value: `${ms}ms`, colour: COLOURS[place] ?? WORST };
}

const HEIGHT = 20;
const PADDING = 6;

/** A badge as an image, which loads nothing and has no style that a policy could forbid. */
export function badgeSvg({ label, value, colour }: Badge): string {
  const [left, right] = [textWidth(label) + 2 * PADDING, textWidth(value) + 2 * PADDING];
  const width = left + right;
  const written = (text: string, from: number, size: number) => {
    const at = `x="${from + size / 2}" textLength="${size - 2 * PADDING}"`;
    const shown = escaped(text);
    return `<text ${at} y="15" fill="#010101" fill-opacity=".3" aria-hidden="true">${shown}</text><text ${at} y="14">${shown}</text>`;
  };
  const name = escaped(`${label}: ${value}`);
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${HEIGHT}" role="img" aria-label="${name}">`,
    `<title>${name}</title>`,
    `<clipPath id="r"><rect width="${width}" height="${HEIGHT}" rx="3"/></clipPath>`,
    '<g clip-path="url(#r)">',
    `<rect width="${left}" height="${HEIGHT}" fill="#555"/>`,
    `<rect x="${left}" width="${right}" height="${HEIGHT}" fill="${escaped(colour)}"/>`,
    '</g>',
    '<g fill="#fff" text-anchor="middle" font-family="Verdana,Geneva,DejaVu Sans,sans-serif" font-size="11">',
    written(label, 0, left),
    written(value, left, right),
    '</g></svg>',
  ].join('\n');
}
