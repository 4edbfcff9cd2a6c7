import type { LoggerService } from '@nestjs/common';
import type { Log } from './log.js';

/** Nest's own messages, in our log: what went wrong while starting, and nothing of its chatter. */
export class FrameworkLog implements LoggerService {
  constructor(private readonly target: Log) {}

  log(): void {
    // Which routes were mapped is in the OpenAPI document.
  }

  warn(message: unknown): void {
    this.target.warn(textOf(message));
  }

  error(message: unknown): void {
    this.target.error(textOf(message), message instanceof Error ? { error: message } : {});
  }

  fatal(message: unknown): void {
    this.error(message);
  }
}

function textOf(message: unknown): string {
  return typeof message === 'string' ? message : 'framework failure';
}
