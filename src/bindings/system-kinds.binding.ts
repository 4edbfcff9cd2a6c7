import { Injectable } from '@nestjs/common';
import { SystemKinds } from '../agencies/system-kinds.js';
import { SourceSystems } from '../sources/source-systems.js';

/** Lets `agencies` ask `sources` which kinds of system it can ask. */
@Injectable()
export class KindsOfTheSources extends SystemKinds {
  constructor(private readonly sources: SourceSystems) {
    super();
  }

  override names(): readonly string[] {
    return this.sources.kinds;
  }
}
