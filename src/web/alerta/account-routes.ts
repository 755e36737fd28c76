import { ACCESS_ROLES } from '../../core/access/role.ts';
import type { Route } from '../api/route.ts';
import { AlertaError } from './read.ts';
import { alertaRoute } from './route.ts';

const ELSEWHERE: readonly (readonly ['GET' | 'POST' | 'PUT' | 'DELETE', string, string])[] = [
  ['GET', '/keys', 'tokens are kept by this hub: monitor tokens list'],
  ['POST', '/key', 'tokens are made on the hub: monitor tokens create'],
  ['DELETE', '/key/:id', 'tokens are kept by this hub: monitor tokens revoke'],
  ['GET', '/users', 'people are kept by this hub: monitor people list'],
  ['PUT', '/user/:id', 'people are kept by this hub: monitor people'],
  ['GET', '/groups', 'there are no groups here: roles are those of people and tokens'],
  ['POST', '/group', 'there are no groups here: roles are those of people and tokens'],
  ['POST', '/perm', 'roles are fixed: read, write and admin'],
  ['POST', '/customer', 'customers are labels of alerts here, and are not kept by themselves'],
  ['POST', '/auth/login', 'log in with a token: monitor tokens create makes one for ALERTA_API_KEY'],
  ['POST', '/auth/signup', 'people are made on the hub: monitor people create'],
];

const NONE = { page: 1, pageSize: 0, pages: 0, more: false, total: 0 };

/** What Alerta keeps of people, keys and customers: shown as far as it is the same here, and told clearly where it is not. */
export function accountRoutes(): readonly Route[] {
  const perms = ACCESS_ROLES.map((role, index) => ({
    ...{ id: role, href: `/perm/${role}`, match: role, scopes: ACCESS_ROLES.slice(0, index + 1) },
  }));
  const shown = (path: string, summary: string, body: object) =>
    alertaRoute('GET', `/alerta${path}`, 'read', summary, async () => ({
      status: 200,
      body: { status: 'ok', ...body },
    }));
  return [
    shown('/perms', 'Roles, as Alerta lists permissions', { ...NONE, permissions: perms, total: perms.length }),
    shown('/scopes', 'The scopes that there are', { scopes: ACCESS_ROLES, total: ACCESS_ROLES.length }),
    shown('/customers', 'Customers, of which the hub keeps none', { ...NONE, customers: [], message: 'not found' }),
    shown('/management/housekeeping', 'Nothing: the hub cleans up by itself', {
      ...{ expired: [], unshelve: [], unack: [], count: 0 },
    }),
    alertaRoute('GET', '/alerta/userinfo', 'read', 'Who asks', async ({ principal }) => {
      const name = principal !== null && 'name' in principal ? principal.name : 'api';
      const { role = 'read' } = principal ?? {};
      return { status: 200, body: { name, preferred_username: name, email: null, roles: [role], scope: role } };
    }),
    ...ELSEWHERE.map(([method, path, message]) =>
      alertaRoute(method, `/alerta${path}`, method === 'GET' ? 'read' : 'write', 'Told to be elsewhere', async () => {
        throw new AlertaError(400, message);
      }),
    ),
  ];
}
