import { text } from "../machine/field.ts";
import { readProperties } from "../machine/properties.ts";
import type {
  Data,
  Outcome,
  WakeOptions,
  WatchContext,
  Watcher,
  WatcherPace,
} from "../machine/watcher.ts";
import { compileMatch, type Match } from "../match/match.ts";
import { MatchError } from "../match/match_error.ts";
import type { Ports } from "../ports/ports.ts";

/** The ports that {@linkcode ExpressionWatcher} uses. */
export type ExpressionPorts = Pick<Ports, "clock" | "log" | "node">;

const DEFAULT_INTERVAL_MS = 10_000;
const MINIMUM_INTERVAL_MS = 500;

/** The names that expressions may use, beside the functions of match expressions. */
const VARIABLES = ["data", "facts", "identity"] as const;

const PROPERTIES = {
  success_when: text().default(""),
  fail_when: text().default(""),
};

/** What was last told; `skipped` until the first look, and after each time in a state that is not for it. */
type Told = "skipped" | "success_when" | "fail_when" | "no_match" | "error";

/** An expression, or why it is none. */
type Compiled = Match | MatchError;

/** The properties whose expressions can be true, in the order in which they are asked. */
const QUESTIONS = ["success_when", "fail_when"] as const;

/** Asks expressions about the machine's data and the node, and tells when the answer has become another one. */
export class ExpressionWatcher implements Watcher {
  /** The name that manifests use. */
  static readonly type = "expression";

  /** As `WatcherType` has it. */
  static create(properties: Data, ports: ExpressionPorts): ExpressionWatcher {
    return new ExpressionWatcher(properties, ports);
  }

  /** How the loop treats this type. */
  readonly pace: WatcherPace = {
    atStart: false,
    defaultMs: DEFAULT_INTERVAL_MS,
    minimumMs: MINIMUM_INTERVAL_MS,
  };
  /** The data that the expressions name: a change of it need not wait for the interval. */
  readonly reads: readonly string[];
  readonly #expressions: ReadonlyMap<(typeof QUESTIONS)[number], Compiled>;
  readonly #ports: ExpressionPorts;
  #told: Told = "skipped";

  /** Throws TypeError naming the property. An expression with an error in it is told by every look instead. */
  constructor(properties: Data, ports: ExpressionPorts) {
    const read = readProperties(properties, PROPERTIES, { log: ports.log });
    const given = QUESTIONS.filter((name) => read[name].trim() !== "");
    if (given.length === 0) {
      throw new TypeError(
        'Cannot read property "success_when": success_when or fail_when is required',
      );
    }
    this.#expressions = new Map(given.map((name) => [name, compile(read[name])]));
    this.#ports = ports;
    const compiled = [...this.#expressions.values()];
    this.reads = compiled.flatMap((it) => it instanceof MatchError ? [] : it.membersOf("data"));
    for (const error of compiled) {
      if (error instanceof MatchError) {
        ports.log.warn("An expression has an error", { reason: error.message });
      }
    }
  }

  /** Asks `success_when`, then `fail_when`; the first that is true counts. */
  async watch(context: WatchContext): Promise<Outcome> {
    const before = this.#told;
    try {
      const told = await this.#ask(context);
      this.#told = told;
      return outcomeOf(told, before);
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof MatchError)) throw error;
      this.#told = "error";
      if (before !== "error") {
        this.#ports.log.warn("An expression has no answer", { reason: error.message });
      }
      const { code, message: reason } = error;
      // Not a failure: what is unknown moves no machine.
      return { result: "unchanged", state: "error", announce: true, code, reason };
    }
  }

  /** Wakes nobody: its signal is how a watcher hears that its machine has left its states. */
  // deno-lint-ignore require-yield -- there is nothing to wake for
  async *wakes({ signal }: WakeOptions): AsyncGenerator<void, void, void> {
    const { promise: left, resolve } = Promise.withResolvers<void>();
    const leave = () => {
      this.#told = "skipped";
      resolve();
    };
    signal.addEventListener("abort", leave, { once: true });
    if (signal.aborted) leave();
    await left;
  }

  async #ask({ data, signal }: WatchContext): Promise<Told> {
    const { clock, node } = this.#ports;
    for (const [name, expression] of this.#expressions) {
      if (expression instanceof MatchError) throw expression;
      const variables = { data };
      const isTrue = await expression.evaluate(node, { signal, clock, variables });
      signal.throwIfAborted();
      if (isTrue) return name;
    }
    return "no_match";
  }
}

function compile(source: string): Compiled {
  try {
    return compileMatch(source, { variables: VARIABLES });
  } catch (error) {
    if (error instanceof MatchError) return error;
    throw error;
  }
}

function outcomeOf(told: Told, before: Told): Outcome {
  if (told !== "success_when" && told !== "fail_when") {
    return { result: "unchanged", state: told, reason: "no expression is true" };
  }
  const reason = `${told} is true`;
  if (told === before) {
    return {
      result: "unchanged",
      state: told,
      reason: `${reason}, as it was before`,
      announce: true,
    };
  }
  return { result: told === "success_when" ? "success" : "failure", state: told, reason };
}
