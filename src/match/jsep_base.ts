import jsep from "jsep";

/** A node as jsep makes it. */
export interface JsepNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** The methods of jsep's parser class that ours builds on; its published types leave them out. */
export interface JsepInstance {
  /** Offset of the next character; jsep's own methods move it too. */
  get index(): number;
  set index(offset: number);
  /** The whole text. */
  readonly expr: string;
  /** Skips blanks. */
  gobbleSpaces(): void;
  /** One expression, or false where none starts. */
  gobbleExpression(): JsepNode | false;
  /** One operand with its members and calls, or false where none starts. */
  gobbleToken(): JsepNode | false;
  /** The members and calls that follow an operand. */
  gobbleTokenProperty(node: JsepNode): JsepNode;
  /** A quoted string. */
  gobbleStringLiteral(): JsepNode;
  /** A name. */
  gobbleIdentifier(): JsepNode;
  /** Runs plugins. */
  runHook(name: string, node: JsepNode | false): JsepNode | false;
  /** Asks plugins. */
  searchHook(name: string): JsepNode | undefined;
  /** Fails at `index`. */
  throwError(message: string): never;
}

/**
 * jsep's parser class. Its operator tables and plugins are static: one set for everybody in the process. Our
 * subclass asks none of them, and so neither changes others nor is changed by them.
 */
export const JsepBase = (jsep as unknown as { Jsep: new (source: string) => JsepInstance }).Jsep;
