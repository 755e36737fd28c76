import { describe, expect, test } from '@jest/globals';
import { codedFor, type PageFile } from '../../../../src/web/pages/files.ts';
import { isPagePath } from '../../../../src/web/pages/paths.ts';

const ID = '01a1fd8c-abf7-71c9-be9b-c268f714a509';

describe('addresses of the dashboard', () => {
  test.each([
    ...['/', '/incidents', '/incidents/', '/incidents/i7f3', '/alerts', `/alerts/${ID}`, '/instances/web%2F03'],
    ...['/silences/x', '/channels/slack-ops', '/people', '/audit', '/sources', '/rules', '/probes', '/peers'],
  ])('%s is one', (path) => expect(isPagePath(path)).toBe(true));

  test.each([
    ...['/alerts/webhook', '/alerts/webhook/', '/alerts/webhook/grafana', '/alerts/x', '/alerts/deadbeef'],
    ...['/api', '/api/v1/alerts', '/metrics', '/healthz', '/login', '/status', '/alert', '/alerta', '/ping'],
    ...['/incidents/a/b', '/people/x', '//', '/assets/app.js', '/index.html', '/Incidents', ''],
  ])('%s is none', (path) => expect(isPagePath(path)).toBe(false));
});

describe('the form in which a file is sent', () => {
  const bytes = (text: string) => new TextEncoder().encode(text);
  const file: PageFile = { type: 'text/css', etag: '"x"', plain: bytes('p'), gzip: bytes('g'), brotli: bytes('b') };
  test.each([
    ['gzip, deflate, br, zstd', 'br'],
    ['br;q=1.0, gzip;q=0.8', 'br'],
    ['gzip', 'gzip'],
    ['gzip;q=0.5', 'gzip'],
    ['br;q=0, gzip', 'gzip'],
    ['br;q=0.0,gzip;q=0', null],
    ['identity', null],
    ['brotli', null],
    ['', null],
  ])('%j', (accepted, encoding) => {
    expect(codedFor(file, accepted).encoding).toBe(encoding);
  });
});
