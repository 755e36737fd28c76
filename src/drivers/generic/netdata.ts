import { presentText } from '../../core/reading/absent.ts';
import { isObject, type JsonObject } from '../../core/reading/read.ts';

const NODE_FIELDS = ['host', 'hostname', 'node', 'node_name', 'instance'];
// "disk_space_usage on db7 is 40.1%": the node is named in the text only, up to the blank behind it.
const ON_NODE = /\bon\s+(?:node\s+|host\s+)?["'`]?([\p{L}\p{N}](?:[\p{L}\p{N}._:-]*[\p{L}\p{N}])?)/iu;

/**
 * A notification of Netdata Cloud with its fields under common names; null when it is none. The same alert of the same
 * chart on two nodes is two alerts, but only the text names the node; and whether a node can be reached is told by an
 * object.
 */
export function netdataAlert(body: unknown): JsonObject | null {
  if (!isObject(body)) return null;
  if (isObject(body.status) && typeof body.status.reachable === 'boolean' && presentText(body.host) !== undefined) {
    const { status, host, ...rest } = body;
    return { ...rest, host, title: 'Node unreachable', status: body.status.reachable ? 'resolved' : 'firing' };
  }
  const isAlarm = ['alert', 'chart', 'context', 'message'].every((field) => typeof body[field] === 'string');
  if (!isAlarm || NODE_FIELDS.some((field) => presentText(body[field]) !== undefined)) return null;
  const name = String(body.alert);
  const message = String(body.message);
  const behind = message.includes(name) ? message.slice(message.indexOf(name) + name.length) : message;
  const node = ON_NODE.exec(behind)?.[1];
  return node === undefined ? null : { ...body, node };
}
