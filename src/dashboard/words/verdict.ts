import type { Incident } from '../wire/documents.ts';
import { countOf } from './numbers.ts';
import { incidentBadness } from './severity.ts';

/** The one sentence about everything: what is open, or that nothing is. */
export function verdictText(open: readonly Incident[], isMore: boolean, instances: number): string {
  if (open.length === 0) return instances === 0 ? 'Ready, waiting for the first instance' : 'All clear';
  const critical = open.filter((incident) => incidentBadness(incident) === 'critical').length;
  const others = open.length - critical;
  const more = isMore ? 'at least ' : '';
  if (critical === 0)
    return `${more}${countOf(others, 'incident')} ${others === 1 ? 'is' : 'are'} open`.replace(/^a/, 'A');
  if (others === 0) return `${countOf(critical, 'critical incident')} ${critical === 1 ? 'is' : 'are'} open`;
  return `${critical} critical, ${more}${countOf(others, 'other incident')} are open`;
}

/** The title of the tab: what is critical stands in front, for it is what a narrow tab shows. */
export function tabTitle(criticalCount: number, page: string): string {
  return `${criticalCount > 0 ? `(${criticalCount}) ` : ''}${page} · monitor`;
}
