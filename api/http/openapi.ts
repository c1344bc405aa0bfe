import * as z from 'zod/mini';
import { opSchema, PROTOCOL_VERSION, refusalBodySchema, refusals } from '#sync-protocol';
import { keyPattern } from './kept-answers.ts';
import { areas, routes } from './registry.ts';
import type { Route } from './route.ts';

const refusedStatuses = [...new Set(Object.values(refusals).map(({ status }) => status))].toSorted((a, b) => a - b);

/** The routes as an OpenAPI 3.1 document, made from the schemas that parse what comes in. */
export function openApiDocument(): object {
  const paths: Record<string, Record<string, object>> = {};
  for (const [name, route] of Object.entries(routes as Record<string, Route>)) {
    const path = route.path.replaceAll(/:(\w+)/g, '{$1}');
    (paths[path] ??= {})[route.method] = operation(name, route);
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Chatter',
      version: String(PROTOCOL_VERSION),
      description:
        'Everything the app does, a script can do. Sign in for a bearer token; a browser keeps a cookie instead and must send its own Origin. Whoever hears no answer asks again with the same `Idempotency-Key`: for two minutes the request is answered as before and not done twice.',
    },
    servers: [{ url: '/' }],
    tags: Object.keys(areas).map((name) => ({ name })),
    paths,
    components: {
      schemas: { Refusal: toJson(refusalBodySchema, 'output'), Op: toJson(opSchema, 'input') },
      responses: Object.fromEntries(refusedStatuses.map((status) => [`Refused${status}`, refusedWith(status)])),
      securitySchemes: {
        bearer: { type: 'http', scheme: 'bearer' },
        cookie: { type: 'apiKey', in: 'cookie', name: '__Host-chatter' },
      },
    },
  };
}

function operation(name: string, route: Route): object {
  const takesBody = !route.body.safeParse(undefined).success;
  return {
    tags: [areaOf(name)],
    operationId: name,
    summary: route.summary,
    description: `Who may: ${route.authorisation}`,
    security: route.access === 'anyone' ? [] : [{ bearer: [] }, { cookie: [] }],
    parameters: [
      ...parametersOf('path', route.params),
      ...parametersOf('query', route.query),
      ...(route.method === 'get' ? [] : [idempotencyKey]),
    ],
    ...(takesBody && { requestBody: { required: true, content: json(withOps(toJson(route.body, 'input'))) } }),
    responses: {
      200: { description: 'Done', content: contentOf(route) },
      ...Object.fromEntries(refusedStatuses.map((status) => [status, { $ref: `#/components/responses/Refused${status}` }])),
    },
  };
}

/** [AC-17] */
const idempotencyKey = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  schema: { type: 'string', pattern: keyPattern.source },
};

const areaOf = (name: string): string => Object.keys(areas).find((area) => Object.hasOwn(areas[area]!, name))!;

function contentOf({ answer, contentType }: Route): object {
  return contentType === undefined ? json(toJson(answer, 'output')) : { [contentType]: { schema: { type: 'string' } } };
}

/** On the wire ops are unknown, because they are parsed one by one; whoever writes them wants to know what they are. */
function withOps(body: JsonObject): JsonObject {
  if (!body.properties?.['ops']) return body;
  return {
    ...body,
    properties: { ...body.properties, ops: { ...body.properties['ops'], items: { $ref: '#/components/schemas/Op' } } },
  };
}

type JsonObject = { readonly properties?: Readonly<Record<string, object>>; readonly required?: readonly string[] };

function parametersOf(place: 'path' | 'query', schema: z.ZodMiniType): object[] {
  const { properties = {}, required = [] } = toJson(schema, 'input');
  return Object.entries(properties).map(([name, inner]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: inner,
  }));
}

function refusedWith(status: number): object {
  const codes = Object.entries(refusals).filter(([, refusal]) => refusal.status === status);
  const description = codes.map(([code, { remedy }]) => `\`${code}\` (remedy: ${remedy})`).join(', ');
  return { description, content: json({ $ref: '#/components/schemas/Refusal' }) };
}

const json = (schema: object) => ({ 'application/json': { schema } });

function toJson(schema: z.ZodMiniType, io: 'input' | 'output'): JsonObject {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { io, unrepresentable: 'any' });
  return rest as JsonObject;
}
