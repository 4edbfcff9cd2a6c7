/** The name under which a gateway's log begins: the host it is reached at. A log keeps its name for life. */
export function logNameOf(publicUrl: string): string {
  return `${new URL(publicUrl).host}/log`;
}
