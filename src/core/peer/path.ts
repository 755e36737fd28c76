// The way that something has taken between hubs, so that nothing travels for ever.

/** Where something comes from: what names it everywhere, and the hubs that have had it, the first one first. */
export interface Via {
  /** Names it on every hub: the hub where it began, and its number there. '' for what gets its name here. */
  readonly key: string;
  /** Hubs of ours that have passed it on: of each the marker of its store, a blank, and its address. */
  readonly path: readonly string[];
  /** What Alerta's loop header names: addresses of servers that have had it. */
  readonly urls: readonly string[];
}

/** How many hubs may pass something on; behind that it is kept and told no further. */
export const MOST_HOPS = 16;

/** The name of Alerta's header that says who has had an alert. */
export const LOOP_HEADER = 'x-alerta-loop';

const LONGEST = 2048;

/**
 * An address as it is compared with others: scheme and host in lower case, without a default port and the last slash. A
 * text that is no address is compared as it is.
 */
export function hubAddress(text: string): string {
  const trimmed = text.trim();
  const [, scheme, rest = ''] = /^(https?):\/\/([^?#]+)$/i.exec(trimmed) ?? [];
  if (scheme === undefined) return trimmed;
  const protocol = scheme.toLowerCase();
  const slash = rest.indexOf('/');
  const [host, path] = slash === -1 ? [rest, ''] : [rest.slice(0, slash), rest.slice(slash)];
  const port = protocol === 'https' ? ':443' : ':80';
  const bare = host.toLowerCase();
  return `${protocol}://${bare.endsWith(port) ? bare.slice(0, -port.length) : bare}${path.replace(/\/+$/, '')}`;
}

/** The entries of a loop header, whole, as they are compared; one that is longer than any is read as far as it goes. */
export function readLoopHeader(value: string | undefined): readonly string[] {
  if (value === undefined) return [];
  const entries = value
    .slice(0, LONGEST)
    .split(',')
    .map(hubAddress)
    .filter((entry) => entry !== '');
  return [...new Set(entries)].slice(0, MOST_HOPS);
}

/** The loop header of what is passed on: those before, and this hub. */
export function loopHeader(urls: readonly string[], own: string): string {
  return [...new Set([...urls.map(hubAddress), hubAddress(own)])].slice(-MOST_HOPS).join(',');
}

/** A hub of ours on the way of something. */
export interface Hop {
  /** What names its store, drawn once: two hubs never have the same. */
  readonly marker: string;
  /** Its address, as its configuration says it. */
  readonly url: string;
}

function hopText({ marker, url }: Hop): string {
  return `${marker} ${hubAddress(url)}`;
}

function hopOf(text: string): Hop {
  const [, marker = text, url = ''] = /^(\S+) (.*)$/.exec(text) ?? [];
  return { marker, url };
}

/**
 * Whether a hub has had something: its marker is in the path, or its address in the loop header, where that is not of
 * another hub of ours that bears the same address by mistake.
 */
export function hasHad(via: Via, hub: Hop): boolean {
  const hops = via.path.map(hopOf);
  if (hops.some(({ marker }) => marker === hub.marker)) return true;
  const own = hubAddress(hub.url);
  return via.urls.map(hubAddress).includes(own) && !hops.some(({ url }) => url === own);
}

/** Hubs on the way that bear the address of this one: one of them is named wrongly. */
export function namesakes(via: Pick<Via, 'path'>, hub: Hop): readonly string[] {
  const own = hubAddress(hub.url);
  return via.path.map(hopOf).flatMap(({ marker, url }) => (url === own && marker !== hub.marker ? [marker] : []));
}

/** The same one hub further; null when it has gone as far as anything may. */
export function passedOn(via: Via, hub: Hop): Via | null {
  if (via.path.length >= MOST_HOPS) return null;
  const urls = loopHeader(via.urls, hub.url).split(',');
  return { key: via.key, path: [...via.path, hopText(hub)], urls };
}

/** The way of something that begins at a hub. */
export function begunAt(hub: Hop, key: string): Via {
  return { key: `${hub.marker}/${key}`, path: [hopText(hub)], urls: [hubAddress(hub.url)] };
}
