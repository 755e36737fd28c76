import { list, networks } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of proxies before the hub. */
export const PROXIES = {
  hosts: setting({
    env: 'MONITOR_PROXY_HOSTS',
    yaml: 'proxies.hosts',
    kind: list(),
    default: [],
    defaultText: 'none',
    example: 'monitor.example.com',
    description:
      'Values of `Host` under which a proxy on this machine forwards only requests of people it has authenticated: they ' +
      'count as requests of this machine, without token or secret. Unset, nothing that comes through a proxy does.',
  }),
  trusted: setting({
    env: 'MONITOR_TRUSTED_PROXIES',
    yaml: 'proxies.trusted',
    kind: networks(),
    default: [],
    defaultText: 'none',
    example: '127.0.0.1,10.0.0.0/8',
    description:
      'Addresses of proxies whose X-Forwarded-For is believed, so that the log names the address of the sender.',
  }),
};
