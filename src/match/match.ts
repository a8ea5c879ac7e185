import type { Clock } from "../ports/clock.ts";
import type { Node } from "../ports/node.ts";
import { Checker } from "./checker.ts";
import { constantPatterns } from "./constant_patterns.ts";
import { Evaluation, type MatchCall } from "./evaluation.ts";
import type { Expression } from "./expression.ts";
import { MATCH_TIMEOUT_MS, MAX_SOURCE_BYTES } from "./limits.ts";
import { MatchError } from "./match_error.ts";
import { membersOf } from "./members.ts";
import { Parser } from "./parser.ts";
import { compilePattern } from "./pattern.ts";

/** Options of {@linkcode compileMatch}. */
export interface CompileOptions {
  /**
   * Names that the expression may use beside the functions, of values whose types are only known when it is evaluated. `facts` and
   * `identity` are the node's own unless {@linkcode EvaluateOptions.variables} has others.
   * @default {[]}
   */
  readonly variables?: readonly string[];
}

/** Options of {@linkcode Match.evaluate}. */
export interface EvaluateOptions {
  /** Gives up; a TimeoutError as its reason counts as time being out. */
  readonly signal?: AbortSignal;
  /** Bounds the time of all probes together. Without it only `signal` does. */
  readonly clock?: Pick<Clock, "sleep">;
  /**
   * Milliseconds for all probes together.
   * @default {5000}
   */
  readonly timeoutMs?: number;
  /** Hears each call of a function after its answer, in the order of evaluation. */
  readonly onCall?: (call: MatchCall) => void;
  /**
   * Values of the names that {@linkcode CompileOptions.variables} has; a name without a value is nil.
   * @default {{}}
   */
  readonly variables?: Readonly<Record<string, unknown>>;
}

/** A compiled expression: does this machine belong on this node? */
export interface Match {
  /** The text. */
  readonly source: string;
  /** Compiles the regular expressions that are constants. Rejects with {@linkcode MatchError}. */
  prepare(): Promise<void>;
  /**
   * Asks a node. Rejects with {@linkcode MatchError} when there is no answer, which means *unknown* and
   * never false; with the signal's reason when aborted.
   */
  evaluate(node: Node, options?: EvaluateOptions): Promise<boolean>;
  /** The members of a variable that the expression names, sorted: `a` and `b` for `data.a.x == data["b"]`. */
  membersOf(variable: string): readonly string[];
}

/**
 * Compiles a match expression; an empty one is true everywhere. Everything that can be known without a node
 * is checked here but for regular expressions, which {@linkcode Match.prepare} checks.
 *
 * @throws {MatchError} for syntax, types and limits.
 *
 * @example
 * ```ts
 * import { compileMatch } from "./match.ts";
 *
 * const match = compileMatch("identity('^web') && !has_file('/etc/maintenance')");
 * const answer = await match.evaluate({
 *   identity: "web1.example.net",
 *   facts: () => Promise.resolve({}),
 *   pathKind: () => Promise.resolve("absent"),
 *   hasCommand: () => Promise.resolve(false),
 * });
 * if (!answer) throw new Error("unexpected");
 * ```
 */
export function compileMatch(source: string, { variables = [] }: CompileOptions = {}): Match {
  if (source.length > MAX_SOURCE_BYTES || byteLength(source) > MAX_SOURCE_BYTES) {
    throw new MatchError(`More than ${MAX_SOURCE_BYTES} bytes`, { kind: "limit", source });
  }
  return new CompiledMatch(source, source.trim() === "" ? undefined : parse(source, variables));
}

function parse(source: string, variables: readonly string[]): Expression {
  const parser = new Parser(source);
  return new Checker(parser, variables).checkAll(parser.parseAll());
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).length;
}

class CompiledMatch implements Match {
  readonly source: string;
  readonly #expression: Expression | undefined;

  constructor(source: string, expression: Expression | undefined) {
    this.source = source;
    this.#expression = expression;
  }

  async prepare(): Promise<void> {
    if (this.#expression === undefined) return;
    for (const { pattern, column } of constantPatterns(this.#expression)) {
      try {
        await compilePattern(pattern);
      } catch (cause) {
        const what = cause instanceof Error ? cause.message : String(cause);
        const kind = cause instanceof RangeError ? "limit" : "syntax";
        throw new MatchError(what, { kind, source: this.source, column, cause });
      }
    }
  }

  async evaluate(node: Node, options: EvaluateOptions = {}): Promise<boolean> {
    const { signal, clock, timeoutMs = MATCH_TIMEOUT_MS } = options;
    signal?.throwIfAborted();
    const expression = this.#expression;
    if (expression === undefined) return true;
    const inner = new AbortController();
    const late = Promise.withResolvers<never>();
    const timeout = () => {
      const what = `no answer within ${timeoutMs} ms`;
      late.reject(new MatchError(what, { kind: "timeout", source: this.source }));
    };
    const abort = () => isTimeout(signal?.reason) ? timeout() : late.reject(signal?.reason);
    signal?.addEventListener("abort", abort, { once: true });
    clock?.sleep(timeoutMs, { signal: inner.signal }).then(timeout, () => {});
    try {
      return await Promise.race([this.#ask(expression, node, inner.signal, options), late.promise]);
    } finally {
      signal?.removeEventListener("abort", abort);
      inner.abort();
    }
  }

  membersOf(variable: string): readonly string[] {
    return this.#expression === undefined ? [] : membersOf(variable, this.#expression);
  }

  async #ask(
    expression: Expression,
    node: Node,
    signal: AbortSignal,
    { onCall, variables = {} }: EvaluateOptions,
  ): Promise<boolean> {
    // A bad pattern is an error even where `&&` would never come to it: a typo shows everywhere at once.
    await this.prepare();
    let read: Promise<Readonly<Record<string, unknown>>> | undefined;
    const facts = () => read ??= node.facts({ signal });
    const evaluation = { source: this.source, node, facts, signal, onCall, variables };
    return await new Evaluation(evaluation).answer(expression);
  }
}

function isTimeout(reason: unknown): boolean {
  return reason instanceof DOMException && reason.name === "TimeoutError";
}
