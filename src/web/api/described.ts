import { openApiDocument } from './openapi.ts';
import { createRoutes, type RouteParts } from './routes.ts';

/** The document of the API, from its routes with nothing behind them: only what they say of themselves is asked. */
export function describedApi(): ReturnType<typeof openApiDocument> {
  return openApiDocument(createRoutes({ now: () => 0 } as unknown as RouteParts));
}
