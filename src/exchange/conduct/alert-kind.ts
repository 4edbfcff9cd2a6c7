/** What an alert tells of: an override that was used, one found unjustified (an incident), or a pattern of asking. */
export type AlertKind = 'override' | 'incident' | 'pattern';
