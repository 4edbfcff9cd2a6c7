/** The embedded server cannot run here. There is no second choice: a production database has to be named. */
export class EmbeddedPostgresUnavailable extends Error {
  override readonly name = 'EmbeddedPostgresUnavailable';

  constructor(because: string, cause?: unknown) {
    super(`the embedded PostgreSQL cannot run: ${because}; set \`DATABASE_URL\` to a server of your own`, { cause });
  }
}
