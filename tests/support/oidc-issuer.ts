import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider, { type Configuration } from 'oidc-provider';

/** A person of the issuer, with what it says of them. */
export type IssuerPerson = Readonly<Record<string, unknown>> & { readonly sub: string };

/** A real OpenID Connect provider on loopback that logs in whom the test names. */
export interface Issuer {
  readonly url: string;
  /** Who logs in next. */
  person: IssuerPerson;
  /** Goes along the redirects of the issuer as a browser does; gives the address at which it sends back. */
  follow(authorization: string): Promise<string>;
  close(): Promise<void>;
}

/** The secret of the client. */
export const CLIENT_SECRET = 'secret of the client';

/** Starts one, on a port of its own or a given one, that sends people back to `redirectUri`. */
export async function startIssuer(redirectUri: string, port = 0, more: Configuration = {}): Promise<Issuer> {
  let handle: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => response.end();
  const server = createServer((request, response) => handle(request, response));
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const state = { person: { sub: 'nobody' } as IssuerPerson };
  const provider = new Provider(url, {
    clients: [
      { client_id: 'monitor', client_secret: CLIENT_SECRET, redirect_uris: [redirectUri], response_types: ['code'] },
      {
        client_id: 'public',
        token_endpoint_auth_method: 'none',
        redirect_uris: [redirectUri],
        response_types: ['code'],
      },
    ],
    claims: { openid: ['sub'], profile: ['preferred_username', 'groups'], email: ['email', 'email_verified'] },
    pkce: { required: () => true },
    cookies: { keys: ['key of the cookies of the issuer'] },
    findAccount: async (_: unknown, sub: string) => ({ accountId: sub, claims: async () => state.person }),
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_: unknown, interaction: { readonly uid: string }) => `/interaction/${interaction.uid}` },
    ...more,
  });
  const callback = provider.callback();
  handle = async (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return void callback(request, response);
    const { prompt, params, session } = await provider.interactionDetails(request, response);
    if (prompt.name === 'login') {
      await provider.interactionFinished(request, response, { login: { accountId: state.person.sub } });
      return;
    }
    const grant = new provider.Grant({ accountId: session?.accountId ?? '', clientId: String(params.client_id) });
    grant.addOIDCScope(String(params.scope));
    await provider.interactionFinished(request, response, { consent: { grantId: await grant.save() } });
  };
  return {
    url,
    get person() {
      return state.person;
    },
    set person(person) {
      state.person = person;
    },
    follow: (authorization) => followFrom(authorization, url),
    close: () => closed(server),
  };
}

async function followFrom(start: string, issuer: string): Promise<string> {
  const cookies = new Map<string, string>();
  let at = start;
  for (let hop = 0; hop < 10 && at.startsWith(issuer); hop += 1) {
    const cookie = [...cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const answer = await fetch(at, { redirect: 'manual', headers: { cookie } });
    for (const line of answer.headers.getSetCookie()) {
      const [pair = ''] = line.split(';');
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    }
    const location = answer.headers.get('location');
    if (location === null) throw new Error(`the issuer answered ${answer.status}: ${await answer.text()}`);
    at = new URL(location, at).href;
  }
  return at;
}

async function closed(server: Server): Promise<void> {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
}
