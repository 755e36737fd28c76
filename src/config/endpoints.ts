import { bool } from './kinds.ts';
import { setting } from './setting.ts';

/** Settings of looking at endpoints; what is looked at stands in `endpoints`, `push_endpoints` and `probes` of monitor.yaml. */
export const ENDPOINTS = {
  private: setting({
    env: 'MONITOR_ENDPOINTS_PRIVATE',
    yaml: 'endpoints_private',
    kind: bool(),
    default: true,
    example: '0',
    description:
      'Whether endpoints may be on networks that are not public: private, loopback and link-local addresses. 0 refuses them, ' +
      'also where a public address redirects to one.',
  }),
};
