import { applyDecorators, SetMetadata } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';

/** Types in which a route takes its body unless it says otherwise. */
export const JSON_TYPES: readonly string[] = ['application/json', 'application/fhir+json'];

/** An HTML form's, where a route takes one: what FHIR searches come as. */
export const FORM_TYPE = 'application/x-www-form-urlencoded';

/** Where {@link Takes} leaves its mark for whoever describes the route. */
export const BODY_TYPE = 'body-type';

/** Parameters of a media type that would have the body read otherwise than it is read here. */
const UNDERSTOOD: Readonly<Record<string, string>> = { charset: 'utf-8', fhirversion: '4.0' };

/** A route's body comes in this media type alone; in any other it is 415. */
export function Takes(bodyType: string): MethodDecorator {
  return applyDecorators(RouteConfig({ bodyType }), SetMetadata(BODY_TYPE, bodyType));
}

/**
 * Whether a route takes a body of this `Content-Type`: the type is one of its own, in UTF-8 and, where it says, of FHIR R4.
 *
 * @param routeConfig the route's, as {@link Takes} leaves it
 */
export function takesBody(routeConfig: object | undefined, contentType: string | undefined): boolean {
  const [type = '', ...parameters] = (contentType ?? '')
    .toLowerCase()
    .split(';')
    .map((part) => part.trim());
  const own: unknown = routeConfig === undefined ? undefined : Reflect.get(routeConfig, 'bodyType');
  if (own === undefined) return JSON_TYPES.includes(type);
  return type === own && parameters.every((parameter) => isUnderstood(parameter));
}

function isUnderstood(parameter: string): boolean {
  const [name = '', value = ''] = parameter.split('=', 2).map((part) => part.trim().replace(/^"(.*)"$/, '$1'));
  const understood = UNDERSTOOD[name];
  return understood === undefined || value === understood;
}
