import { strictEqual } from "node:assert/strict";
import jsep from "jsep";
import { compileMatch } from "../../src/match/match.ts";
import { FakeNode } from "../../src/testing/fake_node.ts";

const node = new FakeNode({ identity: "web1" });

Deno.test("compileMatch() leaves jsep as it is for others when they change it, and is left alone by them", async () => {
  const before = JSON.stringify([jsep.binary_ops, jsep.unary_ops, jsep.literals]);
  const source = "not (1 + 2 * 3 in [7]) or identity('w') and true";
  strictEqual(await compileMatch(source).evaluate(node), true);
  strictEqual(JSON.stringify([jsep.binary_ops, jsep.unary_ops, jsep.literals]), before);

  jsep.addBinaryOp("+", 99);
  jsep.addBinaryOp("in", 1);
  jsep.addUnaryOp("identity");
  jsep.addLiteral("not", 5);
  jsep.addIdentifierChar("(");
  const silence = () => {
    throw new Error("Cannot be called: a plugin of somebody else");
  };
  jsep.hooks.add("gobble-token", silence);
  jsep.hooks.add("after-expression", silence);
  try {
    strictEqual(await compileMatch(source).evaluate(node), true);
    strictEqual(
      await compileMatch("get_fact('a').b ?? true").evaluate(
        new FakeNode({ facts: { a: {} } }),
      ),
      true,
    );
  } finally {
    const hooks = jsep.hooks as unknown as Record<string, unknown[]>;
    hooks["gobble-token"] = [];
    hooks["after-expression"] = [];
    jsep.removeIdentifierChar("(");
    jsep.removeLiteral("not");
    jsep.removeUnaryOp("identity");
    jsep.removeBinaryOp("in");
    jsep.addBinaryOp("+", 9);
  }
});
