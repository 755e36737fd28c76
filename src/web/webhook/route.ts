import type { Driver } from '../../drivers/contract.ts';

/** What a webhook path names. */
export interface WebhookRoute {
  readonly path: string;
  /** '' where the body has to tell. */
  readonly driver: string;
  /** The secret behind the driver's name, if there is one, decoded. */
  readonly pathSecret?: string | undefined;
  /** The path of the vendor's own API, where it is one, or stands behind the driver's route. */
  readonly apiPath?: string;
}

/** Paths of the vendors' own APIs, each with the name of its driver. */
export type ApiPaths = ReadonlyMap<string, string>;

/** Those of the given drivers. */
export function apiPathsOf(drivers: Iterable<Driver>): ApiPaths {
  return new Map([...drivers].flatMap(({ name, api }) => (api?.paths ?? []).map((path) => [path, name] as const)));
}

/**
 * `/alerts/webhook`, `/alerts/webhook/<driver>` or `/alerts/webhook/<driver>/<secret>`, with or without a last slash; a
 * path of a vendor's own API by itself, or behind one of the latter two. Null for another path.
 */
export function webhookRoute(path: string, apis: ApiPaths): WebhookRoute | null {
  const own = ownRoute(path, path);
  if (own !== null) return own;
  const bare = path.endsWith('/') ? path.slice(0, -1) : path;
  const driver = apis.get(bare);
  if (driver !== undefined) return { path, driver, apiPath: bare };
  if (!path.startsWith('/alerts/webhook/')) return null;
  for (const [apiPath, name] of apis) {
    const route = bare.endsWith(apiPath) ? ownRoute(bare.slice(0, -apiPath.length), path) : null;
    if (route?.driver === name) return { ...route, apiPath };
  }
  return null;
}

/** Whether a route is a path of a vendor's own API, and not behind a driver's route. */
export function isOwnPath({ path, apiPath }: WebhookRoute): boolean {
  return apiPath !== undefined && (path === apiPath || path === `${apiPath}/`);
}

function ownRoute(own: string, path: string): WebhookRoute | null {
  const match = /^\/alerts\/webhook(?:\/([^/]*)(?:\/([^/]+))?)?\/?$/.exec(own);
  if (match === null) return null;
  const [, driver = '', pathSecret] = match;
  return { path, driver, pathSecret: pathSecret === undefined ? undefined : decoded(pathSecret) };
}

/** A secret may hold what an address must encode; one that is wrongly encoded is none. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
