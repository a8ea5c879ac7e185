/** Real time, for other processes. */
export function pause(ms: number): Promise<void> {
  // deno-lint-ignore machinist/no-sleep-in-unit-tests -- the other process has no fake clock
  return new Promise((resolve) => setTimeout(resolve, ms));
}
