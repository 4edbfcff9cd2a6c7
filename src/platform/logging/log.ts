/** What an operational log line may say of an event. Nothing here can name a person, a token or a key. */
export interface LogFields {
  readonly correlationId?: string;
  readonly agency?: string;
  readonly method?: string;
  /** The route's pattern, `/v1/subjects/:id`: never the address itself. */
  readonly route?: string;
  readonly status?: number;
  readonly slug?: string;
  readonly durationMs?: number;
  readonly count?: number;
  readonly attempt?: number;
  readonly host?: string;
  readonly port?: number;
  readonly code?: string;
  /** Of bytes that were refused: to compare, never to read. */
  readonly digest?: string;
  readonly outcome?: string;
  readonly kid?: string;
  readonly use?: string;
  readonly job?: string;
  readonly version?: string;
  readonly size?: number;
  /** Logged as class, code and stack of the error and of its causes; messages only of our own kinds. */
  readonly error?: unknown;
}

/** The operational log: for operators, never evidence, never personal data (trust: quiet logs). */
export abstract class Log {
  abstract info(event: string, fields?: LogFields): void;
  abstract warn(event: string, fields?: LogFields): void;
  abstract error(event: string, fields?: LogFields): void;
}
