import type { StatusField } from '../../config/status-page.ts';
import { matchesGlob } from '../../core/endpoint/condition/glob.ts';
import { endpointTitle, type WatchedEndpoint } from '../../core/endpoint/watched.ts';

/** What of this hub is open to everybody, as it is configured now. */
export interface StatusPageSettings {
  readonly enabled: boolean;
  readonly title: string;
  /** `group/name` of what is shown, with `*` for any characters. */
  readonly endpoints: readonly string[];
  /** What is told of it beside its name, group and state. */
  readonly fields: readonly StatusField[];
}

/** Whether everybody may know of an endpoint, and of this part of it where one is asked for. */
export function isShown(
  { enabled, endpoints, fields }: StatusPageSettings,
  watched: Pick<WatchedEndpoint, 'group' | 'name'>,
  field?: StatusField,
): boolean {
  const title = endpointTitle(watched);
  return (
    enabled &&
    (field === undefined || fields.includes(field)) &&
    endpoints.some((pattern) => matchesGlob(pattern, title))
  );
}
