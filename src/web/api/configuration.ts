import * as z from 'zod';
import { iso } from '../../core/iso-time.ts';
import { failure, type Reply } from '../reply.ts';
import { NO_PARAMETERS } from './queries.ts';
import { type Route, route } from './route.ts';

/** A setting as it is shown: of a secret only whether it is set. */
export interface SettingView {
  readonly name: string;
  readonly variable: string;
  readonly value: unknown;
  readonly from: string;
}

/** The configuration that a hub goes by. Times are UTC milliseconds. */
export interface ConfigState {
  readonly loadedAt: number;
  readonly files: readonly string[];
  readonly settings: readonly SettingView[];
  /** What `notify` says beside its settings, as it is written; it holds no secret. null where it says nothing. */
  readonly notify: Readonly<Record<string, unknown>> | null;
  /** Settings that have been changed since the process started, and count from its next start. */
  readonly waiting: readonly string[];
  /** Why the configuration could not be used when it was last read; null when it could. */
  readonly failed: { readonly at: number; readonly problems: readonly string[] } | null;
}

/** Something that stands in two configurations differently; no value of it that may be a secret. */
export interface ConfigChange {
  /** Where it stands: `endpoints`, `notify.channels`, or the name of a setting with a secret. */
  readonly section: string;
  /** Which one of it; '' where there is only one. */
  readonly name: string;
  readonly change: 'added' | 'removed' | 'changed';
  readonly fields: readonly { readonly path: string; readonly from?: unknown; readonly to?: unknown }[];
}

/** What the routes of the configuration need. */
export interface ConfigParts {
  readonly current: () => ConfigState;
  /** What is written now, without going by it, and what is wrong with it. */
  readonly written: () => {
    readonly state: ConfigState;
    readonly problems: readonly string[];
    /** What it has differently from what counts, beside the settings that are shown with their values. */
    readonly changes: readonly ConfigChange[];
  };
  /** Reads it again, and goes by it from now on; gives the problems for which it does not. */
  readonly reload: () => Promise<readonly string[]>;
}

const CONFIG = z.object({
  loaded_at: z.iso.datetime(),
  files: z.array(z.string()),
  settings: z.array(z.looseObject({ name: z.string(), variable: z.string(), value: z.unknown(), from: z.string() })),
  notify: z.record(z.string(), z.unknown()).nullable(),
  waiting: z.array(z.string()),
  failed: z.object({ at: z.iso.datetime(), problems: z.array(z.string()) }).nullable(),
});

const CHANGE = z.object({
  section: z.string(),
  name: z.string(),
  change: z.enum(['added', 'removed', 'changed']),
  fields: z.array(z.object({ path: z.string(), from: z.unknown().optional(), to: z.unknown().optional() })),
});

/** `GET /api/v1/config` and `/config/written`, and `POST /api/v1/config/reload`. */
export function configRoutes({ config }: { readonly config: ConfigParts }): readonly Route[] {
  return [
    route({
      method: 'GET',
      path: '/api/v1/config',
      role: 'admin',
      summary: 'The configuration that the hub goes by, without secrets',
      query: NO_PARAMETERS,
      answers: { 200: CONFIG },
      answer: async () => ({ status: 200, body: configJson(config.current()) }),
    }),
    route({
      method: 'GET',
      path: '/api/v1/config/written',
      role: 'admin',
      summary: 'The configuration as it is written now, which the hub does not go by yet',
      query: NO_PARAMETERS,
      answers: { 200: CONFIG.extend({ problems: z.array(z.string()), changes: z.array(CHANGE) }) },
      answer: async () => {
        const { state, problems, changes } = config.written();
        return { status: 200, body: { ...configJson(state), problems, changes } };
      },
    }),
    route({
      method: 'POST',
      path: '/api/v1/config/reload',
      role: 'admin',
      summary: 'Read the configuration again',
      body: z.strictObject({}),
      answers: { 200: CONFIG },
      answer: async (): Promise<Reply> => {
        const problems = await config.reload();
        if (problems.length === 0) return { status: 200, body: configJson(config.current()) };
        const refused = failure(422, 'the configuration cannot be used, and the last good one goes on');
        return { ...refused, body: { ...(refused.body as object), problems } };
      },
    }),
  ];
}

/** The configuration as the API gives it. */
export function configJson({ loadedAt, files, settings, notify, waiting, failed }: ConfigState) {
  return {
    ...{ loaded_at: iso(loadedAt), files, settings, notify, waiting },
    failed: failed === null ? null : { at: iso(failed.at), problems: failed.problems },
  };
}
