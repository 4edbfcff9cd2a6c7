import { Module } from '@nestjs/common';
import { DataQualityDesk } from './http/data-quality-desk.js';
import { SubjectDesk } from './http/subject-desk.js';
import { SubjectsController } from './http/subjects.controller.js';
import { SubjectRegistry } from './subject-registry.js';

/** The people with an opened involvement or a flag. Needs `OwnInvolvements` bound. */
@Module({
  controllers: [SubjectsController],
  providers: [SubjectRegistry, SubjectDesk, DataQualityDesk],
  exports: [SubjectRegistry],
})
export class SubjectsModule {}
