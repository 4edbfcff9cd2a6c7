import { Injectable, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { HEADERS_METADATA, ROUTE_ARGS_METADATA, RouteParamtypes, SSE_METADATA } from '@nestjs/common/internal';
import { DiscoveryService, MetadataScanner } from '@nestjs/core';
import { OPEN_REASON, ROUTE_DEMAND, type RouteDemand } from '../http/allows.decorator.js';
import { BODY_TYPE } from '../http/takes.decorator.js';

/** Something a handler takes from the request, and the schema that judges it. */
export interface TakenArgument {
  readonly from: 'body' | 'query' | 'param' | 'header';
  /** Undefined where the handler takes the whole. */
  readonly name: string | undefined;
  readonly schema: unknown;
}

/** An endpoint as its decorators describe it. */
export interface PublishedRoute {
  /** In lower case. */
  readonly method: string;
  /** With parameters as `:name`. */
  readonly path: string;
  readonly demand: RouteDemand | undefined;
  readonly openReason: string | undefined;
  readonly takes: readonly TakenArgument[];
  /** The media type of its body, where it has one. */
  readonly bodyType: string;
  readonly contentType: string;
}

const PUBLISHED = /^\/(v1|fhir|log|\.well-known|health|problems)\//;

const REPLY: number = RouteParamtypes.RESPONSE;
const SOURCES: ReadonlyMap<number, TakenArgument['from']> = new Map([
  [RouteParamtypes.BODY, 'body'],
  [RouteParamtypes.QUERY, 'query'],
  [RouteParamtypes.PARAM, 'param'],
  [RouteParamtypes.HEADERS, 'header'],
]);

/** The endpoints that outsiders build against: what is for the operator alone is not among them. */
@Injectable()
export class PublishedRoutes {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
  ) {}

  /** In order of path and method. */
  all(): readonly PublishedRoute[] {
    return this.discovery
      .getControllers()
      .flatMap(({ metatype }) => (typeof metatype === 'function' ? this.#routesOf(metatype) : []))
      .filter(({ path }) => PUBLISHED.test(path))
      .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  }

  #routesOf(controller: object): PublishedRoute[] {
    const prototype = Reflect.get(controller, 'prototype') as object;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = Reflect.get(prototype, name) as object;
      const verb = Reflect.getMetadata(METHOD_METADATA, handler) as RequestMethod | undefined;
      if (verb === undefined) return [];
      const takes = argumentsOf(controller, name);
      return pathsOf(controller).flatMap((at) =>
        pathsOf(handler).map((below) => ({
          method: RequestMethod[verb].toLowerCase(),
          path: `/${at}/${below}`.replace(/\/+/g, '/').replace(/\/$/, ''),
          demand: marked(ROUTE_DEMAND, handler, controller) as RouteDemand | undefined,
          openReason: marked(OPEN_REASON, handler, controller) as string | undefined,
          takes,
          bodyType: (marked(BODY_TYPE, handler, controller) ?? 'application/json') as string,
          contentType: contentTypeOf(handler, controller, name),
        })),
      );
    });
  }
}

function pathsOf(target: object): readonly string[] {
  const path = (Reflect.getMetadata(PATH_METADATA, target) ?? '') as string | string[];
  return typeof path === 'string' ? [path] : path;
}

function marked(key: string, handler: object, controller: object): unknown {
  return Reflect.getMetadata(key, handler) ?? Reflect.getMetadata(key, controller);
}

interface GivenArgument {
  readonly data?: unknown;
  readonly schema?: unknown;
}

function givenArguments(controller: object, name: string): (readonly [kind: number, given: GivenArgument])[] {
  const found = (Reflect.getMetadata(ROUTE_ARGS_METADATA, controller, name) ?? {}) as Record<string, GivenArgument>;
  return Object.entries(found).map(([key, given]) => [Number(key.split(':')[0]), given]);
}

function argumentsOf(controller: object, name: string): TakenArgument[] {
  return givenArguments(controller, name).flatMap(([kind, { data, schema }]) => {
    const from = SOURCES.get(kind);
    return from === undefined ? [] : [{ from, name: typeof data === 'string' ? data : undefined, schema }];
  });
}

function contentTypeOf(handler: object, controller: object, name: string): string {
  if (Reflect.getMetadata(SSE_METADATA, handler) === true) return 'text/event-stream';
  const headers = (Reflect.getMetadata(HEADERS_METADATA, handler) ?? []) as { name: string; value: unknown }[];
  const declared = headers.find((header) => header.name.toLowerCase() === 'content-type')?.value;
  if (typeof declared === 'string') return declared;
  // A handler behind `@Allows()` answers JSON whatever else it does with the reply; an open one may write its own type.
  const writesReply = givenArguments(controller, name).some(([kind]) => kind === REPLY);
  return writesReply && marked(ROUTE_DEMAND, handler, controller) === undefined ? '*/*' : 'application/json';
}
