import { SetMetadata, type CustomDecorator } from '@nestjs/common';
import type { Duty, Scope } from '../../core/vocabulary/codes.js';

/** What a route asks of whoever calls it: the scope of the system and the duty of the officer. */
export interface RouteDemand {
  readonly scope: Scope;
  readonly duty: Duty;
}

/** Where {@link Allows} and {@link Open} leave their mark. */
export const ROUTE_DEMAND = 'route-demand';
export const OPEN_REASON = 'open-reason';

/** Admits authenticated calls with this scope, made for an officer with this duty. */
export function Allows(demand: RouteDemand): CustomDecorator {
  return SetMetadata(ROUTE_DEMAND, demand);
}

/** Admits anyone, and says why that is right. */
export function Open(reason: string): CustomDecorator {
  return SetMetadata(OPEN_REASON, reason);
}
