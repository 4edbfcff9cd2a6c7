import { Body, Param } from '@nestjs/common';
import { agencyPathId, approval, uuidPath } from './requests.js';

// The parts that every change of an agency's entries by two people has in its path and body.

/** Whose entries are meant. */
export const OfAgency = (): ParameterDecorator => Param('id', { schema: agencyPathId });

/** Which proposal the second person speaks of. */
export const OfChange = (): ParameterDecorator => Param('changeId', { schema: uuidPath });

/** What the second person says. */
export const SecondPerson = (): ParameterDecorator => Body({ schema: approval });
