import { Controller, Get, Res } from '@nestjs/common';
import type { FastifyReply } from 'fastify';
import { Open } from '../../http/allows.decorator.js';
import { Metrics } from '../metrics.js';

/** The measures, for whoever watches the gateway. */
@Controller('metrics')
export class MetricsController {
  constructor(private readonly metrics: Metrics) {}

  @Get()
  @Open('measures carry no personal data; the network decides who reaches them')
  async read(@Res({ passthrough: true }) reply: FastifyReply): Promise<string> {
    const { contentType, text } = await this.metrics.exposition();
    void reply.headers({ 'content-type': contentType, 'cache-control': 'no-store' });
    return text;
  }
}
