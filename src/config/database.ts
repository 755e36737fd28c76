import { integer, oneOf, password, path } from './kinds.ts';
import { setting } from './setting.ts';

/** How the database of DATABASE_URL is reached. */
export const DATABASE = {
  password: setting({
    env: 'MONITOR_DATABASE_PASSWORD',
    yaml: 'database.password',
    kind: password(),
    secret: true,
    example: 'r4Tn8wQ2xLpZ',
    description: 'Password of the database user; overrides the one in DATABASE_URL.',
  }),
  tls: setting({
    env: 'MONITOR_DATABASE_TLS',
    yaml: 'database.tls',
    kind: oneOf(['off', 'require', 'verify']),
    defaultText: 'what sslmode of DATABASE_URL says, else off',
    example: 'verify',
    description:
      'Encryption of connections to the database: `require` requires it, `verify` also verifies the certificate of the server.',
  }),
  tlsCa: setting({
    env: 'MONITOR_DATABASE_TLS_CA',
    yaml: 'database.tls_ca',
    kind: path(),
    example: '/etc/monitor/database-ca.pem',
    description: 'Certificates (PEM) of the authority of the database server, instead of the public ones.',
  }),
  pool: setting({
    env: 'MONITOR_DATABASE_POOL',
    yaml: 'database.pool',
    kind: integer(2, 500),
    default: 10,
    example: '10',
    description: 'Connections to the database that one hub opens at most.',
  }),
};
