import type { EndpointEntry } from '../config/endpoints/document.ts';

/** What an endpoint shows of where it is. */
export type Place = Pick<EndpointEntry, 'url'> & {
  readonly ui: Pick<EndpointEntry['ui'], 'hideUrl' | 'hideHostname' | 'hidePort'>;
};

const REDACTED = '<redacted>';

/** A text about an endpoint, such as an error, without what its `ui` hides of its URL. */
export function redactedText({ url, ui }: Place, text: string): string {
  const { hostname, host, port } = URL.canParse(url) ? new URL(url) : { hostname: '', host: '', port: '' };
  const hidden: readonly (readonly [string, string])[] = [
    ...(ui.hideUrl ? [[url, REDACTED] as const] : []),
    ...(ui.hideUrl || ui.hideHostname ? [host, hostname].map((part) => [part, REDACTED] as const) : []),
    ...(ui.hidePort && port !== '' ? [[`:${port}`, `:${REDACTED}`] as const] : []),
  ];
  return hidden.reduce((shown, [part, by]) => (part === '' ? shown : shown.replaceAll(part, by)), text);
}

/** The URL as it may be shown; '' where it is hidden. */
export function shownUrl(place: Place): string {
  return place.ui.hideUrl ? '' : redactedText(place, place.url);
}
