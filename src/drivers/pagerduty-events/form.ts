import type { Labels } from '../../core/alert/alert.ts';
import { presentText } from '../../core/reading/absent.ts';
import { isObject, type JsonObject, setOwn } from '../../core/reading/read.ts';

/** An event of version 1 in the words of version 2; its key is left out. */
export function eventsV2Of(event: JsonObject): JsonObject {
  const { event_type, incident_key, description, details, client, client_url, contexts } = event;
  const listed = (Array.isArray(contexts) ? contexts : []).filter(isObject);
  return {
    event_action: event_type,
    dedup_key: incident_key,
    ...{ client, client_url },
    links: listed.filter(({ type }) => type === 'link'),
    images: listed.filter(({ type }) => type === 'image'),
    // Version 1 knows no severity: what it triggers calls somebody.
    ...((description !== undefined || event_type === 'trigger') && {
      payload: { summary: description, severity: 'critical', custom_details: details },
    }),
  };
}

/** Where an event points to, as annotations: the first of each by itself, and when there are more, all of them. */
export function linksOf({ links, images, client_url }: JsonObject): Labels {
  const found: Labels = {};
  const hrefs = textsOf(links, 'href');
  const sources = textsOf(images, 'src');
  const link = presentText(client_url) ?? hrefs[0];
  if (link !== undefined) setOwn(found, 'link', link);
  if (hrefs.length > 1 || (hrefs[0] !== undefined && hrefs[0] !== link)) setOwn(found, 'links', JSON.stringify(links));
  if (sources[0] !== undefined) setOwn(found, 'image_url', sources[0]);
  if (sources.length > 1) setOwn(found, 'images', JSON.stringify(images));
  return found;
}

function textsOf(list: unknown, field: string): string[] {
  const listed = (Array.isArray(list) ? list : []).filter(isObject);
  return listed.flatMap((one) => presentText(one[field]) ?? []);
}
