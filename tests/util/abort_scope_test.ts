import { strictEqual } from "node:assert/strict";
import { AbortScope } from "../../src/util/abort_scope.ts";

Deno.test("AbortScope() aborts with the reason of its parent, before and after construction", () => {
  const parent = new AbortController();
  using early = new AbortScope(parent.signal);
  const reason = new Error("enough");
  parent.abort(reason);
  strictEqual(early.signal.reason, reason);
  using late = new AbortScope(new AbortController().signal, parent.signal);
  strictEqual(late.signal.reason, reason);
});

Deno.test("AbortScope() aborts when disposed, and leaves its parent alone", () => {
  const parent = new AbortController();
  const scope = new AbortScope(parent.signal);
  scope[Symbol.dispose]();
  scope[Symbol.dispose]();
  strictEqual(scope.signal.aborted, true);
  strictEqual(parent.signal.aborted, false);
});
