import { Injectable, type OnApplicationBootstrap, RequestMethod } from '@nestjs/common';
import { METHOD_METADATA, PATH_METADATA } from '@nestjs/common/constants.js';
import { DiscoveryService, MetadataScanner, Reflector } from '@nestjs/core';
import { OPEN_REASON, ROUTE_DEMAND, type RouteDemand } from '../platform/http/allows.decorator.js';

/** One endpoint and what it asks of a caller. */
export interface Route {
  readonly method: string;
  /** With parameters as `:name`. */
  readonly path: string;
  /** `Controller.handler`. */
  readonly handler: string;
  /** Undefined where the route is open, or says nothing. */
  readonly demand: RouteDemand | undefined;
  /** Why it is open to anyone. */
  readonly openReason: string | undefined;
}

type Handler = (...given: never[]) => unknown;

/** Every endpoint there is; the start stops when one says neither who may call it nor why it is open. */
@Injectable()
export class RouteInventory implements OnApplicationBootstrap {
  constructor(
    private readonly discovery: DiscoveryService,
    private readonly scanner: MetadataScanner,
    private readonly reflector: Reflector,
  ) {}

  onApplicationBootstrap(): void {
    const faulty = this.routes().filter(
      ({ demand, openReason }) => (demand === undefined) === (openReason === undefined),
    );
    if (faulty.length === 0) return;
    const names = faulty.map(({ method, path, handler }) => `\`${method} ${path}\` (${handler})`).join(', ');
    throw new Error(`every route carries exactly one of \`@Allows\` and \`@Open\`; not so: ${names}`);
  }

  /** Endpoints in order of path and method: endpoint, scope, duty, as the README lists them. */
  routes(): readonly Route[] {
    return this.discovery
      .getControllers()
      .flatMap(({ metatype, instance }) => this.#routesOf(metatype, instance as object | undefined))
      .sort((a, b) => (`${a.path} ${a.method}` < `${b.path} ${b.method}` ? -1 : 1));
  }

  #routesOf(controller: unknown, instance: object | undefined): Route[] {
    if (typeof controller !== 'function') return [];
    const prototype = (instance === undefined ? controller.prototype : Object.getPrototypeOf(instance)) as object;
    return this.scanner.getAllMethodNames(prototype).flatMap((name) => {
      const handler = Reflect.get(prototype, name) as Handler;
      const verb = this.reflector.get<RequestMethod | undefined>(METHOD_METADATA, handler);
      if (verb === undefined) return [];
      const marked = [handler, controller] as const;
      return pathsOf(this.reflector, controller).flatMap((at) =>
        pathsOf(this.reflector, handler).map((below) => ({
          method: RequestMethod[verb],
          path: joined(at, below),
          handler: `${controller.name}.${name}`,
          demand: this.reflector.getAllAndOverride<RouteDemand | undefined>(ROUTE_DEMAND, [...marked] as never),
          openReason: this.reflector.getAllAndOverride<string | undefined>(OPEN_REASON, [...marked] as never),
        })),
      );
    });
  }
}

function pathsOf(reflector: Reflector, target: unknown): readonly string[] {
  const path = reflector.get<string | string[] | undefined>(PATH_METADATA, target as never) ?? '';
  return typeof path === 'string' ? [path] : path;
}

function joined(...parts: readonly string[]): string {
  return `/${parts
    .flatMap((part) => part.split('/'))
    .filter((segment) => segment !== '')
    .join('/')}`;
}
