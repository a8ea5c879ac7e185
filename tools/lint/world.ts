/** House rules about reaching the world: 8, 9, 22 and 24. */
import { within } from "./place.ts";

type Rules = Record<string, Deno.lint.Rule>;

/** Where `Deno.*` may stand: the adapter, the entry, and what is not the product. */
const DENO = ["src/deno/", "src/worker/", "cli.ts", "tests/", "tools/", "examples/", "bench/"];
/** Where real time may stand. */
const TIME = ["src/deno/", "tests/", "tools/", "examples/", "bench/"];
/** Tests of real worlds may wait for them; unit tests have FakeClock. */
const REAL_TESTS = [
  "tests/e2e/",
  "tests/support/",
  "tests/tools/",
  "tests/deno/",
  "tests/nats/",
  "tests/worker/",
  "tests/fuzz/",
];
const TIMERS = ["setTimeout", "setInterval"];

/** The rules, by name. */
export const worldRules: Rules = {
  "no-deno-in-domain": {
    create(context) {
      if (within(context.filename, DENO)) return {};
      const message = "Cannot use Deno here: ask a port (rule 8)";
      return {
        "MemberExpression[object.name='Deno']"(node: Deno.lint.MemberExpression) {
          context.report({ node, message });
        },
        "TSQualifiedName[left.name='Deno']"(node: Deno.lint.TSQualifiedName) {
          context.report({ node, message });
        },
      };
    },
  },
  "no-ambient-time": {
    create(context) {
      if (within(context.filename, TIME)) return {};
      const message = "Cannot use ambient time here: ask the Clock port (rule 9)";
      return {
        CallExpression(node) {
          if (node.callee.type === "Identifier" && TIMERS.includes(node.callee.name)) {
            context.report({ node, message });
          }
        },
        MemberExpression(node) {
          if (isMember(node, "Date", "now") || isMember(node, "performance", "now")) {
            context.report({ node, message });
          }
          if (isMember(node, "AbortSignal", "timeout")) context.report({ node, message });
        },
        NewExpression(node) {
          const { callee } = node;
          if (
            callee.type === "Identifier" && callee.name === "Date" && node.arguments.length === 0
          ) {
            context.report({ node, message });
          }
        },
      };
    },
  },
  "no-ambient-world": {
    create(context) {
      if (!within(context.filename, ["src/"]) || within(context.filename, DENO)) return {};
      return {
        "CallExpression[callee.name='fetch']"(node: Deno.lint.CallExpression) {
          context.report({
            node,
            message: "Cannot use global fetch here: ask the Fetch port (rule 8)",
          });
        },
        MemberExpression(node) {
          if (isMember(node, "Math", "random")) {
            context.report({
              node,
              message: "Cannot use Math.random here: ask the random port (rule 8)",
            });
          }
        },
      };
    },
  },
  "no-exit": {
    create(context) {
      if (!within(context.filename, ["src/", "cli.ts", "mod.ts"])) return {};
      if (within(context.filename, ["src/deno/"])) return {};
      return {
        MemberExpression(node) {
          if (!isMember(node, "Deno", "exit")) return;
          context.report({ node, message: "Cannot use Deno.exit: return the exit code (rule 24)" });
        },
      };
    },
  },
  "no-console-in-source": {
    create(context) {
      if (!within(context.filename, ["src/", "cli.ts", "mod.ts"])) return {};
      return {
        "MemberExpression[object.name='console']"(node: Deno.lint.MemberExpression) {
          context.report({ node, message: "Cannot use console: write to the terminal (rule 24)" });
        },
      };
    },
  },
  "no-sleep-in-unit-tests": {
    create(context) {
      if (!within(context.filename, ["tests/"]) || within(context.filename, REAL_TESTS)) return {};
      return {
        CallExpression(node) {
          if (node.callee.type !== "Identifier" || !TIMERS.includes(node.callee.name)) return;
          context.report({ node, message: "Cannot sleep in a unit test: use FakeClock (rule 22)" });
        },
      };
    },
  },
};

function isMember(node: Deno.lint.MemberExpression, object: string, property: string): boolean {
  return node.object.type === "Identifier" && node.object.name === object &&
    node.property.type === "Identifier" && node.property.name === property;
}
