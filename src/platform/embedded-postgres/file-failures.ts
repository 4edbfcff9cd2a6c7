/** Takes a failure of the file system with one of these codes for an answer; throws any other. For `catch`. */
export function unless(...codes: readonly string[]): (failure: unknown) => undefined {
  return (failure) => {
    const code = typeof failure === 'object' && failure !== null && 'code' in failure ? failure.code : undefined;
    if (typeof code !== 'string' || !codes.includes(code)) throw failure;
  };
}
