import type { Alert } from '../alert/alert.ts';
import { hostOf } from '../alert/host.ts';
import { firingTotal, type Incident } from './incident.ts';

/** The alert that gives an incident its title: the worst that fires, or the worst there was. */
export type Worst = Pick<Alert, 'name' | 'origin' | 'labels'>;

/** What is wrong now: the worst alert of the incident, where it is, and how many fire beside it. */
export function titleNow(incident: Pick<Incident, 'title' | 'key' | 'firing'>, worst: Worst | undefined): string {
  if (worst === undefined) return incident.title;
  const others = firingTotal(incident.firing) - 1;
  const more = others > 0 ? ` and ${others} more` : '';
  const group = groupOf(incident.key);
  if (group.length > 0) return `${worst.name} (${group.join(', ')})${more}`;
  const host = hostOf(worst);
  return `${worst.name}${host === '' ? '' : ` on ${host}`}${more}`;
}

/** Values of the labels by which the operator groups; none where the driver does. */
function groupOf(key: string): readonly string[] {
  if (!key.startsWith('labels:')) return [];
  try {
    const pairs = JSON.parse(key.slice('labels:'.length)) as readonly (readonly [string, string])[];
    return pairs.map(([, value]) => value).filter((value) => value !== '');
  } catch {
    return [];
  }
}
