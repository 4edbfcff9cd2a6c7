import { Controller, Get } from '@nestjs/common';
import type { Answer } from '../../calls/answer.js';
import { Open } from '../../http/allows.decorator.js';
import { Readiness } from '../readiness.js';

/** Whether the process lives, and whether it can serve. */
@Controller('health')
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('live')
  @Open('an orchestrator asks before it has credentials')
  live(): Answer {
    return { status: 200, body: { status: 'live' } };
  }

  @Get('ready')
  @Open('a load balancer asks before it has credentials')
  async ready(): Promise<Answer> {
    const report = await this.readiness.report();
    switch (report.is) {
      case 'ready':
      case 'not-ready':
        return {
          status: report.is === 'ready' ? 200 : 503,
          body: { status: report.is, ...report.needs, alarms: [...report.alarms] },
        };
      case 'stopping':
        return { status: 503, body: { status: 'stopping' } };
    }
  }
}
