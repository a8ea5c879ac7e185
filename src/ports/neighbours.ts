/**
 * The other machines of this directory, for the watchers that replace them. A hold stops the machine that
 * runs from a directory, waits until it has ended, and keeps it from starting until the hold is disposed.
 */
export interface Neighbours {
  /** Holds `directory` (a name, not a path); resolves once nothing runs from it. */
  hold(directory: string, options: { readonly signal: AbortSignal }): Promise<AsyncDisposable>;
}

/** Says whether what stands in a directory may run. */
export interface Admission {
  /**
   * Checks a directory (a name, not a path) just before something in it is started or executed. A directory
   * that nobody manages is admitted; a managed one only when it is exactly what was signed.
   */
  admit(directory: string, options: { readonly signal: AbortSignal }): Promise<Verdict>;
}

/** The answer of {@linkcode Admission.admit}. */
export type Verdict =
  | { readonly ok: true }
  | {
    readonly ok: false;
    readonly code: string;
    readonly reason: string;
    /**
     * Whether what runs from there already must end too: what stands there is not what was signed.
     * @default {false}
     */
    readonly stops?: boolean;
  };
