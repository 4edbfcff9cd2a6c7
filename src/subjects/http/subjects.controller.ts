import { Body, Controller, Get, Param, Post } from '@nestjs/common';
import { z } from 'zod';
import type { AuthenticatedCall } from '../../core/vocabulary/caller.js';
import type { Answer } from '../../platform/calls/answer.js';
import { Allows } from '../../platform/http/allows.decorator.js';
import { TheCall } from '../../platform/http/the-call.decorator.js';
import { DataQualityDesk } from './data-quality-desk.js';
import { newSubject, subjectLookup, taskResolution } from './requests.js';
import type { NewSubject, SubjectLookup, TaskResolution } from './requests.js';
import { SubjectDesk } from './subject-desk.js';

@Controller('v1')
export class SubjectsController {
  constructor(
    private readonly subjects: SubjectDesk,
    private readonly dataQuality: DataQualityDesk,
  ) {}

  @Post('subjects')
  @Allows({ scope: 'coordination', duty: 'lead' })
  register(@TheCall() call: AuthenticatedCall, @Body({ schema: newSubject }) body: NewSubject): Promise<Answer> {
    return this.subjects.register(call, body);
  }

  @Post('subjects/lookup')
  @Allows({ scope: 'coordination', duty: 'ask' })
  lookUp(@TheCall() call: AuthenticatedCall, @Body({ schema: subjectLookup }) body: SubjectLookup): Promise<Answer> {
    return this.subjects.lookUp(call, body);
  }

  @Get('data-quality-tasks')
  @Allows({ scope: 'coordination', duty: 'lead' })
  tasks(@TheCall() call: AuthenticatedCall): Promise<Answer> {
    return this.dataQuality.open(call);
  }

  @Post('data-quality-tasks/:id/resolution')
  @Allows({ scope: 'coordination', duty: 'lead' })
  resolve(
    @TheCall() call: AuthenticatedCall,
    @Param('id', { schema: z.uuid('must be a UUID') }) id: string,
    @Body({ schema: taskResolution }) body: TaskResolution,
  ): Promise<Answer> {
    return this.dataQuality.resolve(call, id, body);
  }
}
