import { systemClock } from '../../lib/clock.ts';
import type { Terminal } from '../contract.ts';

/** What a word means, of which its colour is a second sign. */
export type Tone = 'critical' | 'warning' | 'info' | 'unknown' | 'open';

/** How lists are shown: to people on so many columns, or to programs, whole. */
export interface Screen {
  /** UTC milliseconds. */
  readonly now: number;
  /** Infinite where another program reads: nothing is cut then, ids are whole and times ISO 8601. */
  readonly width: number;
  paint(tone: Tone | null, text: string): string;
}

const CODES: Readonly<Record<Tone, number>> = { critical: 31, warning: 33, info: 34, unknown: 35, open: 1 };

/** The screen that a terminal is now. */
export function screenOf({ width, colour }: Pick<Terminal, 'width' | 'colour'>, now = systemClock.now()): Screen {
  const paint: Screen['paint'] = (tone, text) =>
    tone === null || !colour ? text : `\u001b[${CODES[tone]}m${text}\u001b[${tone === 'open' ? 22 : 39}m`;
  return { now, width: width ?? Number.POSITIVE_INFINITY, paint };
}

/** Whether people read it. */
export function isShort({ width }: Screen): boolean {
  return Number.isFinite(width);
}

/** An id as lists show it: its end tells things apart that began at the same time. */
export function idText(id: string, screen: Screen): string {
  return isShort(screen) ? id.slice(-8) : id;
}

/** How long ago a time was, `—` where it is not known; for programs the time itself. */
export function agoText(time: string | null, screen: Screen): string {
  if (time === null) return isShort(screen) ? '—' : '';
  return isShort(screen) ? spanText(screen.now - Date.parse(time)) : time;
}

/** A span in milliseconds in one unit, or in two below ten hours: `8s`, `14m`, `2h06m`, `19h`, `4d`. */
export function spanText(ms: number): string {
  const seconds = Math.max(0, Math.round(ms / 1000));
  const [minutes, hours] = [Math.floor(seconds / 60), Math.floor(seconds / 3600)];
  if (seconds < 60) return `${seconds}s`;
  if (minutes < 60) return `${minutes}m`;
  if (hours < 10) return `${hours}h${String(minutes % 60).padStart(2, '0')}m`;
  return hours < 48 ? `${hours}h` : `${Math.floor(hours / 24)}d`;
}
