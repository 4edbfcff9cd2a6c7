import { Controller, Get, Header, Req, Res } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Open } from '../../platform/http/allows.decorator.js';
import { GatewayProblem } from '../../platform/problems/gateway-problem.js';
import { PublicLog } from '../public-log.js';

const WHY_OPEN = 'the log is public: it holds commitments and hashes alone, and is worth nothing unread';
const PREFIX = '/log/';

/** The public log, as C2SP tlog-tiles lays it out below `/log`. */
@Controller('log')
export class LogController {
  constructor(private readonly publicLog: PublicLog) {}

  /** The latest signed checkpoint. */
  @Get('checkpoint')
  @Open(WHY_OPEN)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'no-store')
  async checkpoint(): Promise<string> {
    return begun(await this.publicLog.checkpoint());
  }

  /** The key that verifies checkpoints, for monitors and witnesses to configure. */
  @Get('key')
  @Open(WHY_OPEN)
  @Header('content-type', 'text/plain; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  async key(): Promise<string> {
    return `${begun(await this.publicLog.verifierKey())}\n`;
  }

  /** A tile of hashes or a bundle of entries. */
  @Get('tile/*')
  @Open(WHY_OPEN)
  async tile(@Req() request: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply): Promise<Buffer> {
    // The address as it was sent: a tile has one spelling, and what had to be decoded is not it.
    const [address = ''] = request.url.split('?', 1);
    const tile = address.startsWith(PREFIX) ? await this.publicLog.tile(address.slice(PREFIX.length)) : undefined;
    if (tile === undefined) throw new GatewayProblem('not-found');
    void reply.headers({
      'content-type': 'application/octet-stream',
      // A partial tile never changes either, but is done with as soon as it is full.
      'cache-control': tile.width === 'full' ? 'public, max-age=31536000, immutable' : 'public, max-age=60',
    });
    return Buffer.from(tile.bytes);
  }
}

function begun(text: string | undefined): string {
  if (text === undefined) throw new GatewayProblem('log-unavailable', { detail: 'the log has not begun' });
  return text;
}
