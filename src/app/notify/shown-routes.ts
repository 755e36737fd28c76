import { NO_ROUTES, type RoutesJson } from '../../core/policy/route-tree.ts';
import { documentOf, type PlainDocument } from './document.ts';

/** The routes by which a hub tells people, as the API shows them. */
export interface ShownRoutes {
  /** From now on it goes by this; null where nobody is told. */
  set(document: PlainDocument | null): void;
  read(): Promise<RoutesJson>;
}

/** Shows the routes of a configuration that was found without fault. They are compiled when somebody first asks for them. */
export function createShownRoutes(first: PlainDocument | null, now: () => number): ShownRoutes {
  const compiled = (document: PlainDocument | null) => {
    let found: ReturnType<typeof shownOf> | null = null;
    return () => {
      found ??= shownOf(document);
      return found;
    };
  };
  let current = compiled(first);
  return {
    set: (document) => {
      current = compiled(document);
    },
    read: async () => (await current())(now()),
  };
}

async function shownOf(plain: PlainDocument | null): Promise<(now: number) => RoutesJson> {
  if (plain === null) return () => NO_ROUTES;
  const [{ compilePolicy }, { namesOf }, { createRoutesJson }] = await Promise.all([
    import('../../notify/policy/compile.ts'),
    import('./channels.ts'),
    import('../../core/policy/route-tree.ts'),
  ]);
  const document = documentOf(plain);
  const { known } = await namesOf(document);
  const { policy, windows, intervals, warnings } = compilePolicy(document, new Map(), known);
  return createRoutesJson({ root: policy.root, windows, intervals, warnings });
}
