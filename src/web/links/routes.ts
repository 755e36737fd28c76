import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import type { Action, ActionResult } from '../../core/action/action.ts';
import { type Aftermath, aftermathOf } from '../../core/action/aftermath.ts';
import { actionOfLink, type LinkClaims, type LinkForm } from '../../core/action/link.ts';
import { readLink } from '../../lib/crypto/link-token.ts';
import type { Secret } from '../../lib/crypto/secret.ts';
import { type Route, route } from '../api/route.ts';
import type { ReadDocument } from '../api/routes.ts';
import type { Reply } from '../reply.ts';
import { wholeText } from '../text.ts';
import { incidentPage, messagePage, PAGE_HEADERS, type ShownIncident } from './page.ts';

/** What the pages of links need. */
export interface LinkParts {
  readonly read: ReadDocument;
  /** Does an action; rejects when it could not be committed. */
  readonly act: (action: Action) => Promise<ActionResult>;
  /** The secret of a key of links by its id; undefined where its links do nothing any more. */
  readonly findLinkSecret: (id: string) => Promise<Secret | undefined>;
  readonly now: () => number;
}

/**
 * `/a/<token>`: what a link in a message leads to. GET shows, and changes nothing whoever follows the link: mail gateways
 * and chat programs open every one. POST acts, from the form of the page or straight from a program such as ntfy.
 */
export function linkRoutes(parts: LinkParts): readonly Route[] {
  const asked = async (token: string) => {
    const link = readLink(token);
    const secret = link === null ? undefined : await parts.findLinkSecret(link.claims.keyId);
    if (link === null || secret === undefined || !link.isSignedBy(secret)) return null;
    return link.claims;
  };
  const proven = async (token: string, work: (claims: LinkClaims) => Promise<Reply>): Promise<Reply> => {
    const claims = await asked(token);
    if (claims === null)
      return pageReply(404, messagePage('No such link', 'This link is not one of this hub, or was revoked.'));
    if (claims.expiresAt > parts.now()) return work(claims);
    return pageReply(410, messagePage('The link has expired', 'Open the incident in the hub, or use a newer message.'));
  };
  const shown = async (claims: LinkClaims, told: Aftermath | null, status = 200): Promise<Reply> => {
    const incident = await incidentOf(parts.read, claims.incidentId);
    if (incident === null)
      return pageReply(404, messagePage('No such incident', 'It has been removed with the old history.'));
    return pageReply(status, incidentPage(incident, claims.purpose, told));
  };
  return [
    route({
      method: 'GET',
      path: '/a/:token',
      role: 'link',
      summary: 'The page of a link in a message',
      answer: ({ params }) => proven(params.token ?? '', (claims) => shown(claims, null)),
    }),
    route({
      method: 'POST',
      path: '/a/:token',
      role: 'link',
      summary: 'What that link is for',
      answer: ({ params, body }) =>
        proven(params.token ?? '', async (claims) => {
          const { purpose } = claims;
          const action = actionOfLink(claims, randomUUID(), saidIn(body), parts.now());
          if (action === null || purpose === 'show') return shown(claims, null);
          return shown(claims, aftermathOf(purpose, action, await parts.act(action)));
        }),
    }),
  ];
}

const FORM = z.object({
  by: z
    .string()
    .max(200)
    .regex(/^[^\p{Cc}]*$/u)
    .catch(''),
  comment: z
    .string()
    .max(1000)
    .regex(/^[^\p{Cc}]*$/u)
    .catch(''),
  for: z.string().max(10).catch(''),
});

/** What a form says; a program that sends none, or something else, says nothing. */
function saidIn(body: unknown): LinkForm {
  const { data = { by: '', comment: '', for: '' } } = FORM.safeParse(body);
  return { by: data.by.trim(), comment: data.comment.trim(), span: data.for };
}

async function incidentOf(read: ReadDocument, id: string): Promise<ShownIncident | null> {
  const text = await read('incident', { id });
  return text === undefined ? null : (JSON.parse(await wholeText(text)) as ShownIncident);
}

function pageReply(status: number, page: string): Reply {
  return { status, body: undefined, page, headers: PAGE_HEADERS };
}
