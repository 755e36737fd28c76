import type { Settings } from '../../config/settings.ts';
import type { Clock } from '../../lib/clock.ts';
import type { Logger } from '../../lib/log/logger.ts';
import type { Oidc } from '../../lib/oidc/client.ts';
import type { SingleSignOn } from '../../web/access/sign-on.ts';

/** Single sign-on as the settings say; null for none. The issuer is asked when somebody logs in: a hub starts without it. */
export function createSingleSignOn(settings: Settings, clock: Clock, logger: Logger): SingleSignOn | null {
  const { singleSignOn, access, links } = settings;
  const { issuer, clientId, nameClaim, groupsClaim, allowed } = singleSignOn;
  if (issuer === undefined || clientId === undefined || links.publicUrl === undefined) return null;
  const log = logger.child({ part: 'single sign-on' });
  let opened: Promise<Oidc> | undefined;
  const open = () => {
    // The library is loaded with the first login.
    opened ??= import('./open.ts').then(({ openOidc }) => openOidc(settings, { issuer, clientId }, clock));
    return opened;
  };
  const wanted = [nameClaim, groupsClaim, ...(allowed.length > 0 ? ['email', 'email_verified'] : [])];
  return {
    issuer,
    rules: { nameClaim, groupsClaim, groupRoles: access.groupRoles, allowed },
    begin: async () => (await open()).begin(),
    finish: async (parameters, checks) => (await open()).finish(parameters, checks, wanted),
    onRefused: (reason, error) => {
      if (reason === 'unreachable') log.error({ issuer, ...causeOf(error) }, 'the issuer cannot be reached');
      else log.warn({ reason, ...causeOf(error) }, 'somebody was not let in by single sign-on');
    },
  };
}

/** What went wrong, without the request, which may hold a code. */
function causeOf(error: unknown): { readonly problem?: string } {
  if (!(error instanceof Error)) return {};
  const { cause } = error;
  const texts = [error.message, cause instanceof Error ? cause.message : ''].filter((text) => text !== '');
  return { problem: texts.join(': ').slice(0, 300) };
}
