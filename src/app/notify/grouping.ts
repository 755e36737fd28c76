import type { Labels } from '../../core/alert/alert.ts';
import { hopsOf, type RouteNode } from '../../core/policy/route.ts';
import { createCompiler } from '../../notify/policy/compiler.ts';
import { compileIntervals } from '../../notify/policy/intervals.ts';
import { compileRoutes } from '../../notify/policy/routes.ts';
import { documentOf, type PlainDocument } from './document.ts';

/** By which labels routes make incidents of alerts, as the configuration says it now. */
export interface RouteGrouping {
  /** Those of the first route that alerts with these labels come to; undefined where it says nothing of it. */
  of(labels: Labels, at: number): readonly string[] | undefined;
  /** From now on this counts; alerts that fire stay in the incidents that they are in. */
  use(document: PlainDocument | null): void;
}

/** Begins with that document, null for none. What is wrong with it is told where it is opened. */
export function createRouteGrouping(first: PlainDocument | null): RouteGrouping {
  let root = rootOf(first);
  return {
    of: (labels, at) => (root === null ? undefined : hopsOf(root, labels, at)[0]?.groupBy?.value),
    use: (document) => {
      root = rootOf(document);
    },
  };
}

/** null where no route says anything of it, which costs nothing. */
function rootOf(document: PlainDocument | null): RouteNode | null {
  if (document === null) return null;
  const compiler = createCompiler(documentOf(document));
  const channels = document.channels.map(({ id }) => id);
  const intervals = compileIntervals(compiler);
  const root = compileRoutes(compiler, { channels, intervals, escalations: [] }, { channels, place: '' });
  return says(root) ? root : null;
}

function says({ settings, routes }: RouteNode): boolean {
  return settings.groupBy !== undefined || routes.some(says);
}
