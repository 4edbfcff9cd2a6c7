import { Controller, Get, Header } from '@nestjs/common';
import type { JsonObject } from '../../../core/vocabulary/json.js';
import { Open } from '../../../platform/http/allows.decorator.js';
import { ServedFlagVocabulary } from '../../flag-vocabulary.js';
import { capabilityStatement, categoryCodeSystem } from '../capability-statement.js';

const FHIR_JSON = 'application/fhir+json; charset=utf-8';

/** What is served here by FHIR R4, and the codes that are the gateway's own. */
@Controller('fhir/R4')
export class CapabilityController {
  constructor(private readonly served: ServedFlagVocabulary) {}

  @Get('metadata')
  @Open('what may be sent is for everyone who builds against it; it holds shapes, never data')
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'public, max-age=300')
  metadata(): JsonObject {
    return capabilityStatement(this.served.terms);
  }

  @Get('CodeSystem/safeguarding-flag-category')
  @Open('the gateway’s own codes are for everyone who may meet them; they hold words, never data')
  @Header('content-type', FHIR_JSON)
  @Header('cache-control', 'public, max-age=300')
  categories(): JsonObject {
    return categoryCodeSystem(this.served.terms);
  }
}
