import { proxyUrl, text } from './kinds.ts';
import { setting } from './setting.ts';

/** Proxies on the way of what this program asks of others. */
export const PROXY = {
  http: setting({
    env: 'HTTP_PROXY',
    kind: proxyUrl(),
    example: 'http://proxy.example.com:3128',
    description: 'Proxy for http addresses; also in lower case, which wins.',
  }),
  https: setting({
    env: 'HTTPS_PROXY',
    kind: proxyUrl(),
    example: 'http://proxy.example.com:3128',
    description: 'Proxy for https addresses; also in lower case, which wins.',
  }),
  no: setting({
    env: 'NO_PROXY',
    kind: text(4096),
    example: 'localhost,.example.com',
    description: 'Hosts that are reached without a proxy, beside this machine itself; also in lower case, which wins.',
  }),
};
