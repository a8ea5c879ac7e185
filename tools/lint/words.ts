/** House rules about words: error messages (18) and the names of tests (22). */
import { within } from "./place.ts";

type Rules = Record<string, Deno.lint.Rule>;

const CONTRACTION = /\b(?:\w+n't|(?:it|that|there|what)'s|\w+'(?:re|ve|ll|d))\b/i;
/** Openings that say nothing, in place of `Cannot <verb>`. */
const EMPTY_OPENING = /^(?:error|failed to|failure|could not|unable to|invalid|oops)\b/i;
/** A bare reason, for whoever knows the subject to put behind `Cannot <verb> <thing> "<value>": `. */
const BARE_REASON = /^(?:it|its|they|the) \S/;
/** `verify() refuses ...`, `Machine.run() ends ...`, or what holds for a whole class or constant. */
const TEST_NAME = /^(?:[A-Za-z_$][\w$.#{}]*(?:\[[\w.]+\])?\(\)|[A-Z]\w*[A-Z]\w*) \S/;
/** Whole paths are named after what the user runs, not after a symbol. */
const WHOLE_PATHS = ["tests/e2e/", "tests/cli/"];

/** The rules, by name. */
export const wordRules: Rules = {
  "error-message": {
    create: (context) => ({
      NewExpression(node) {
        if (node.callee.type !== "Identifier" || !/Error$/.test(node.callee.name)) return;
        if (within(context.filename, ["tests/"])) return;
        const [first] = node.arguments;
        const text = first === undefined ? undefined : wording(first);
        const wrong = text === undefined ? undefined : complaint(text);
        if (wrong === undefined) return;
        context.report({
          node: first ?? node,
          message: `Cannot accept this error message: ${wrong} (rule 18)`,
        });
      },
    }),
  },
  "test-name": {
    create(context) {
      if (within(context.filename, WHOLE_PATHS)) return {};
      const imported = new Set<string>();
      return {
        ImportSpecifier(node) {
          imported.add(node.local.name);
        },
        CallExpression(node) {
          if (!isTestCall(node.callee)) return;
          const [first] = node.arguments;
          const name = first === undefined ? undefined : wording(first);
          if (name === undefined || name.startsWith("${}") || TEST_NAME.test(name)) return;
          const [subject = ""] = name.split(" ", 1);
          if (/^[A-Z]/.test(subject) && imported.has(subject)) return;
          context.report({
            node: first ?? node,
            message: 'Cannot accept this test name: write "symbol() does what when" (rule 22)',
          });
        },
      };
    },
  },
  "no-skipped-tests": {
    create: (context) => ({
      MemberExpression(node) {
        const { object, property } = node;
        if (property.type !== "Identifier" || !["only", "ignore"].includes(property.name)) return;
        if (isTestCall(object)) {
          context.report({ node, message: "Cannot skip tests: mend or remove them (rule 22)" });
        }
      },
    }),
  },
};

/** What is wrong with the wording of an error; undefined when nothing is. Values stand as `${}`. */
function complaint(text: string): string | undefined {
  if (text === "") return "it is empty";
  if (/^[a-z]/.test(text) && !BARE_REASON.test(text)) return "it starts lower-case";
  if (EMPTY_OPENING.test(text)) return 'it does not start with "Cannot <verb>"';
  if (/[^.]\.$/.test(text)) return "it ends with a period";
  if (CONTRACTION.test(text)) return "it has a contraction";
  if (/'\$\{\}'|`\$\{\}`/.test(text)) return "values stand in double quotes";
  return undefined;
}

/** The text of a string or template, with `${}` for each value; undefined for anything else. */
function wording(node: Deno.lint.Node): string | undefined {
  if (node.type === "Literal" && typeof node.value === "string") return node.value;
  if (node.type === "TemplateLiteral") return node.quasis.map((part) => part.cooked).join("${}");
  if (node.type === "BinaryExpression" && node.operator === "+") {
    const left = wording(node.left);
    const right = wording(node.right);
    if (left === undefined && right === undefined) return undefined;
    return (left ?? "${}") + (right ?? "${}");
  }
  return undefined;
}

/** `Deno.test`, or `test` of a context named `t`. */
function isTestCall(node: Deno.lint.Node): boolean {
  return node.type === "MemberExpression" &&
    node.object.type === "Identifier" && node.object.name === "Deno" &&
    node.property.type === "Identifier" && node.property.name === "test";
}
