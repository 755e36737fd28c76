import { writeFileSync } from 'node:fs';
import http, { type IncomingMessage } from 'node:http';
import net, { type AddressInfo, type Socket } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type AgentHome, makeAgentHome, SECRET } from '../support/agent-home.ts';
import { type Certificate, makeCertificate } from '../support/certificates.ts';
import { type Receiver, startReceiver } from '../support/receiver.ts';

const authority = makeCertificate({ name: 'Own CA', isAuthority: true });
const LOCAL = { issuer: authority, dnsNames: ['localhost'], addresses: ['127.0.0.1'] };

let home: AgentHome;
let hub: Receiver | undefined;
let caFile: string;
beforeEach(() => {
  home = makeAgentHome({});
  caFile = join(home.folder, 'ca.pem');
  writeFileSync(caFile, authority.cert);
});
afterEach(async () => {
  await hub?.close();
  hub = undefined;
  home.remove();
});

async function startHub(certificate: Certificate): Promise<string> {
  hub = await startReceiver({ secret: SECRET, tls: { cert: certificate.cert, key: certificate.key } });
  return hub.url.replace('127.0.0.1', 'localhost');
}

describe('TLS', () => {
  test('a hub with a certificate of a private authority', async () => {
    const url = await startHub(makeCertificate({ name: 'hub', ...LOCAL }));
    const { code, stdout } = await home.push([], { HUB_URL: url, MONITOR_CA_FILE: caFile });
    expect([code, stdout]).toEqual([0, `Pushed 1 result (1 ok) to ${url}; hub: 1 created\n`]);
  });

  test.each([
    [
      'of an unknown authority',
      { issuer: makeCertificate({ name: 'Other', isAuthority: true }) },
      /issuer .* does not know; set MONITOR_CA_FILE/,
    ],
    ['that has expired', { notAfter: new Date(Date.now() - 1000) }, /has expired/],
    ['of another host', { dnsNames: ['other.example'], addresses: [] }, /is for another host/],
  ])('a certificate %s: told, and the results wait', async (_, change, text) => {
    const url = await startHub(makeCertificate({ name: 'hub', ...LOCAL, ...change }));
    const { code, stdout } = await home.push(['--json'], { HUB_URL: url, MONITOR_CA_FILE: caFile });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      status: 'spooled',
      reason: expect.stringMatching(text),
      spooled: 1,
      hub: null,
    });
    expect(hub?.pushes).toEqual([]);
  });
});

describe('a proxy', () => {
  // A name that only the proxy can tell, so that a push which arrives has come through it.
  const NAME = 'hub.invalid';
  let proxy: http.Server;
  let seen: string[];
  let url: string;
  const sockets = new Set<Socket>();
  beforeEach(async () => {
    seen = [];
    proxy = http.createServer((request, response) => {
      seen.push(`${request.method} ${request.url}`);
      const onward = http.request(
        request.url?.replace(NAME, '127.0.0.1') ?? '',
        { method: 'POST', headers: request.headers },
        (answer) => {
          response.writeHead(answer.statusCode ?? 0, answer.headers);
          answer.pipe(response);
        },
      );
      request.pipe(onward);
    });
    proxy.on('connection', (socket: Socket) => sockets.add(socket));
    proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
      seen.push(`CONNECT ${request.url}`);
      const onward = net.connect(Number(request.url?.split(':')[1]), '127.0.0.1', () => {
        socket.write('HTTP/1.1 200 OK\r\n\r\n');
        onward.pipe(socket).pipe(onward);
      });
      sockets.add(onward);
      for (const one of [socket, onward]) one.on('error', () => {});
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => proxy.close(resolve));
  });

  test('for https, as HTTPS_PROXY says', async () => {
    const hubUrl = await startHub(makeCertificate({ name: 'hub', issuer: authority, dnsNames: [NAME] }));
    const { host, port } = new URL(hubUrl.replace('localhost', NAME));
    const env = { HUB_URL: `https://${host}`, MONITOR_CA_FILE: caFile, HTTPS_PROXY: url };
    expect((await home.push([], env)).code).toBe(0);
    expect(seen).toEqual([`CONNECT ${NAME}:${port}`]);
  });

  test('for http, as http_proxy says, unless no_proxy says otherwise', async () => {
    hub = await startReceiver({ secret: SECRET });
    const named = hub.url.replace('127.0.0.1', NAME);
    expect((await home.push([], { HUB_URL: named, http_proxy: url })).code).toBe(0);
    expect(seen).toEqual([`POST ${named}/alerts/webhook/cluster/`]);
    // This machine, but not by a loopback address.
    const direct = hub.url.replace('127.0.0.1', '0.0.0.0');
    expect((await home.push([], { HUB_URL: direct, http_proxy: url, no_proxy: '0.0.0.0' })).code).toBe(0);
    expect(seen).toHaveLength(1);
  });

  test('is not used for a hub on this machine', async () => {
    hub = await startReceiver({ secret: SECRET });
    expect((await home.push([], { HUB_URL: hub.url, http_proxy: url })).code).toBe(0);
    expect([seen, hub.pushes.length]).toEqual([[], 1]);
  });

  test('that is not there is told from a hub that is not there', async () => {
    const env = { HUB_URL: 'https://hub.example.com', HTTPS_PROXY: 'http://me:hidden-word@127.0.0.1:1' };
    const { code, stdout, stderr } = await home.push(['--json'], env);
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      reason: expect.stringMatching(/^the proxy 127\.0\.0\.1:1 .* refused the connection/),
    });
    expect(`${stdout}${stderr}`).not.toContain('hidden-word');
  });
});
