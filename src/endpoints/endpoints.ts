import type { Clock } from '../lib/clock.ts';
import type { Part } from '../lib/lifecycle.ts';
import { commitReports, type EndpointCommit, type ProbeReport } from './commit.ts';
import { createReportDesk } from './desk.ts';
import { type EndpointPlan, endpointSetup } from './plan.ts';
import { createEndpointWatch, type WatchParts } from './watch.ts';

/** What judges endpoints: takes what probes report, and watches the clock. */
export interface Endpoints {
  /** Resolves once a report is on disk, with all that follows from it; rejects when it could not be committed. */
  readonly report: (report: ProbeReport) => Promise<void>;
  /** From now on judges by another configuration. */
  readonly reload: (plan: EndpointPlan) => void;
  readonly parts: readonly Part[];
}

/** What it is made of. */
export interface EndpointsParts extends Pick<WatchParts, 'store' | 'holder' | 'onCommit' | 'onFailure'> {
  readonly plan: EndpointCommit['plan'];
  readonly clock: Clock;
}

/** Puts it together. */
export function createEndpoints(parts: EndpointsParts, plan: EndpointPlan): Endpoints {
  let [current, setup] = [plan, endpointSetup(plan)];
  const { store, clock, onCommit } = parts;
  const desk = createReportDesk({
    commit: (reports) => commitReports({ store, setup, now: clock.now, plan: parts.plan }, reports),
    onCommit,
  });
  const watch = createEndpointWatch({ ...parts, setup: () => setup, probes: () => current.probes });
  return {
    report: desk.report,
    reload: (next) => {
      [current, setup] = [next, endpointSetup(next)];
    },
    parts: [desk, watch],
  };
}
