import type { IncomingMessage, ServerResponse } from 'node:http';
import { codedFor, type PageFile, type PageFiles } from './files.ts';
import { isPagePath } from './paths.ts';

/** What the pages of the hub may load and do: scripts, styles and answers of the hub itself, and nothing inline. */
export const PAGE_POLICY = [
  ...["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "img-src 'self' data:"],
  ...["form-action 'self'", "frame-ancestors 'none'", "base-uri 'none'"],
].join('; ');

const ASSET = /^\/assets\/([\w.-]+)$/;

/** Answers what belongs to the dashboard, and hands on everything else. Its files hold nothing that is secret: what they show, the API gives. */
export function servePages({ index, assets }: PageFiles) {
  return (request: IncomingMessage, response: ServerResponse, next: () => void): void => {
    const isRead = request.method === 'GET' || request.method === 'HEAD';
    const path = (request.url ?? '/').split('?', 1)[0] ?? '/';
    const asset = assets.get(ASSET.exec(path)?.[1] ?? '');
    if (isRead && isPagePath(path)) sendFile(request, response, index, 'no-cache');
    else if (isRead && asset !== undefined) sendFile(request, response, asset, 'public, max-age=31536000, immutable');
    else next();
  };
}

function sendFile(request: IncomingMessage, response: ServerResponse, file: PageFile, caching: string): void {
  response.setHeader('Content-Security-Policy', PAGE_POLICY);
  response.setHeader('Cache-Control', caching);
  response.setHeader('ETag', file.etag);
  response.setHeader('Vary', 'Accept-Encoding');
  if (request.headers['if-none-match'] === file.etag) {
    response.writeHead(304).end();
    return;
  }
  const { bytes, encoding } = codedFor(file, String(request.headers['accept-encoding'] ?? ''));
  if (encoding !== null) response.setHeader('Content-Encoding', encoding);
  response.writeHead(200, { 'Content-Type': file.type, 'Content-Length': bytes.length });
  response.end(request.method === 'HEAD' ? undefined : bytes);
}
