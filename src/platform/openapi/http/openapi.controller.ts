import { Controller, Get, Header } from '@nestjs/common';
import { Open } from '../../http/allows.decorator.js';
import { OpenApiDocument } from '../openapi-document.js';

/** Publishes what may be sent here, and what comes back. */
@Controller()
export class OpenApiController {
  constructor(private readonly document: OpenApiDocument) {}

  @Get('openapi.json')
  @Open('the contract is for everyone who builds against it; it holds shapes, never data')
  @Header('content-type', 'application/json; charset=utf-8')
  @Header('cache-control', 'public, max-age=300')
  read(): string {
    return this.document.text;
  }
}
