/**
 * The stored log contradicts itself or its key, or another sequencer went ahead: nothing may be signed on top.
 *
 * Never repaired by the gateway; `gateway log fsck` says what differs.
 */
export class LogFault extends Error {
  override readonly name = 'LogFault';
}
