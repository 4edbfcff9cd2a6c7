import type { JsonObject } from '../../core/vocabulary/json.js';
import type { FlagVocabulary } from '../flag-vocabulary.js';
import { NHS_NUMBER } from './flag-subject.js';

const SINCE = '2026-11-25';

/** What is served by FHIR, and no more (FHIR R4 CapabilityStatement). */
export function capabilityStatement({ base }: FlagVocabulary): JsonObject {
  return {
    resourceType: 'CapabilityStatement',
    status: 'active',
    date: SINCE,
    kind: 'instance',
    software: { name: 'Safeguarding Gateway' },
    implementation: { description: 'Safeguarding flags, to and from those who need to know', url: base },
    fhirVersion: '4.0.1',
    format: ['application/fhir+json'],
    rest: [
      {
        mode: 'server',
        security: {
          cors: false,
          description:
            'Every call but this one carries a sender-constrained access token (RFC 9449 or RFC 8705) and the agency’s detached ' +
            'signature `x-jws-signature` over the exact bytes; a create carries an `Idempotency-Key` too. Refusals are ' +
            'OperationOutcomes.',
        },
        resource: [flagCapability(), { type: 'CodeSystem', interaction: [{ code: 'read' }] }],
      },
    ],
  };
}

function flagCapability(): JsonObject {
  return {
    type: 'Flag',
    supportedProfile: ['https://fhir.hl7.org.uk/StructureDefinition/UKCore-Flag'],
    documentation:
      '`period.start` is mandatory, to the day; the subject is named by NHS number. A code that is not known becomes free text. ' +
      'What may change the meaning of the rest and is not understood is refused. Flags are ended, never deleted.',
    interaction: [
      { code: 'create', documentation: 'the same as `POST /v1/exchanges/flags`' },
      { code: 'read', documentation: 'one’s own, or what one was told of another’s, while it is kept' },
      { code: 'vread', documentation: 'of the version that stands' },
      { code: 'search-type', documentation: 'by POST alone, about one person; nobody is named in an address' },
    ],
    versioning: 'versioned',
    readHistory: false,
    updateCreate: false,
    conditionalCreate: false,
    conditionalRead: 'not-supported',
    conditionalUpdate: false,
    conditionalDelete: 'not-supported',
    searchParam: [
      {
        name: 'patient',
        type: 'reference',
        documentation: `as \`patient.identifier\`: \`${NHS_NUMBER}|\` and the number`,
      },
      { name: 'subject', type: 'reference', documentation: 'as `subject.identifier`, the same' },
      { name: 'status', type: 'token', documentation: '`active` or `inactive`' },
    ],
  };
}

/** The CodeSystem of flag categories. */
export function categoryCodeSystem({ base, categorySystem, categories }: FlagVocabulary): JsonObject {
  return {
    resourceType: 'CodeSystem',
    id: categorySystem.slice(`${base}/CodeSystem/`.length),
    url: categorySystem,
    name: 'SafeguardingFlagCategory',
    title: 'Safeguarding flag category',
    status: 'active',
    date: SINCE,
    caseSensitive: true,
    content: 'complete',
    count: categories.length,
    concept: categories.map(({ code, display, definition }) => ({ code, display, definition })),
  };
}
