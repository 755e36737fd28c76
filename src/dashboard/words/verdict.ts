import type { Incident, Page } from '../wire/documents.ts';
import { countOf, countText } from './numbers.ts';
import { incidentBadness } from './severity.ts';

/** The one sentence about everything: what is open, or that nothing is. */
export function verdictText(open: readonly Incident[], counts: Counts | undefined, instances: number): string {
  if (open.length === 0) return instances === 0 ? 'Ready, waiting for the first instance' : 'All clear';
  const critical = counts?.critical ?? open.filter((incident) => incidentBadness(incident) === 'critical').length;
  const others = counts === undefined ? open.length - critical : counts.warning + counts.info + counts.unknown;
  if (critical === 0) return `${countOf(others, 'incident')} ${others === 1 ? 'is' : 'are'} open`;
  if (others === 0) return `${countOf(critical, 'critical incident')} ${critical === 1 ? 'is' : 'are'} open`;
  return `${countText(critical)} critical, ${countOf(others, 'other incident')} are open`;
}

type Counts = NonNullable<Page<Incident>['counts']>;

/** The title of the tab: what is critical stands in front, for it is what a narrow tab shows. */
export function tabTitle(criticalCount: number, page: string): string {
  return `${criticalCount > 0 ? `(${criticalCount}) ` : ''}${page} · monitor`;
}
