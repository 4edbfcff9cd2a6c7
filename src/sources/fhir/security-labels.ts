import { isJsonObject } from '../../core/signing/strict-json.js';
import type { Json } from '../../core/vocabulary/json.js';
import { elementPath, valuesAt } from './element-path.js';

// HL7 Security Labelling DS4P 2.7: a label of one element of a resource stands in an extension inside that element.
const INLINE_LABEL = 'http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-inline-sec-label';
const INLINE_CODE = elementPath('valueCoding.code');

const isHarmless = (code: Json | undefined, harmless: ReadonlySet<string>): boolean =>
  typeof code === 'string' && harmless.has(code);

const memberOf = (holder: Json, name: string): Json | undefined =>
  isJsonObject(holder) && Object.hasOwn(holder, name) ? holder[name] : undefined;

/**
 * Whether a resource is marked restricted: `meta.security` (FHIR R4 6.1.1) holds a label that is not known to be harmless.
 *
 * R and V of v3-Confidentiality are such labels, and so is one that nobody here knows, or that cannot be read: what a
 * custodian meant to keep back is not told because it was spelt otherwise.
 *
 * @param harmless the codes of labels that restrict nothing, of whatever system
 */
export function isResourceRestricted(resource: Json, harmless: ReadonlySet<string>): boolean {
  const meta = memberOf(resource, 'meta');
  if (meta === undefined) return false;
  if (!isJsonObject(meta)) return true;
  const security = memberOf(meta, 'security');
  if (security === undefined) return false;
  return (
    !Array.isArray(security) ||
    !(security as readonly Json[]).every((label) => isHarmless(memberOf(label, 'code'), harmless))
  );
}

/** Whether an element, or anything in it, bears an inline label that is not known to be harmless. */
export function isElementRestricted(element: Json, harmless: ReadonlySet<string>): boolean {
  if (Array.isArray(element)) return (element as readonly Json[]).some((inner) => isElementRestricted(inner, harmless));
  if (!isJsonObject(element)) return false;
  if (memberOf(element, 'url') === INLINE_LABEL) {
    const codes = valuesAt(element, INLINE_CODE);
    return codes.length === 0 || !codes.every((code) => isHarmless(code, harmless));
  }
  return Object.values(element).some((inner) => isElementRestricted(inner, harmless));
}
