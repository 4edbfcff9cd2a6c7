import { Global, Module } from '@nestjs/common';
import { ProblemForms } from '../../platform/problems/problem-forms.js';
import { FhirProblems } from './http/fhir-problems.js';

/** How problems are written under `/fhir/R4`: for the filter of the whole API, hence global. */
@Global()
@Module({
  providers: [
    FhirProblems,
    {
      provide: ProblemForms,
      inject: [FhirProblems],
      useFactory: (fhir: FhirProblems): ProblemForms => new ServedForms([fhir]),
    },
  ],
  exports: [ProblemForms],
})
export class FhirProblemsModule {}

class ServedForms extends ProblemForms {
  constructor(readonly forms: ProblemForms['forms']) {
    super();
  }
}
