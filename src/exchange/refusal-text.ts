import type { DutyContact } from '../agencies/agency.js';

/**
 * What a requester is told when the refusal rests on the subject: the same words whatever the cause, so that they tell of none.
 *
 * @param reference the exchange's id, by which a person at the custodian finds it
 */
export function silentExplanation({ name, phone }: DutyContact, reference: string): string {
  return (
    'No information can be released through this route for this request. This does not mean that none is held. ' +
    `If a child or adult may be at risk, contact ${name} on ${phone} quoting ${reference}.`
  );
}

/**
 * What is said with every answer to an ask by address that tells of anybody: the same whether or not others are there.
 *
 * @param reference the exchange's id
 */
export function notAllExplanation({ name, phone }: DutyContact, reference: string): string {
  return (
    'This does not say that nobody else is at the address, nor that no more is held. ' +
    `If a child or adult may be at risk, contact ${name} on ${phone} quoting ${reference}.`
  );
}

/** The one remedy of a refusal that rests on the subject. */
export const SILENT_REMEDY =
  'have the agency that leads the case open your involvement, check the identifiers and the spelling, or speak to the contact';
