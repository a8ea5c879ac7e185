import { deepStrictEqual } from "node:assert/strict";
import { lint } from "../../src/spec/lint.ts";
import { bytes, data, entry, specEntry } from "./fixture.ts";

const codes = (payload: unknown, compileMatch?: (source: string) => void) =>
  lint(
    bytes(typeof payload === "string" ? payload : JSON.stringify(payload)),
    compileMatch === undefined ? {} : { compileMatch },
  ).complaints.map(({ code, index }) => index === undefined ? code : `${index} ${code}`);

Deno.test("lint() has nothing to say about the seed document's list", () => {
  deepStrictEqual(lint(data("seed_machines.json")).complaints, []);
});

Deno.test("lint() says all that is wrong, where nodes stop at the first fault", () => {
  deepStrictEqual(
    codes([entry({ name: "../x" }), entry({ source: "file:///x" }), null, entry(), entry()]),
    ["0 name", "1 scheme", "2 entry_type", "4 name_duplicate"],
  );
  deepStrictEqual(codes("[{]"), ["0 payload_json"]);
  deepStrictEqual(codes("{}"), ["payload_type"]);
  deepStrictEqual(codes([specEntry({ crit: ["waves"] })]), ["0 crit_unsupported"]);
});

Deno.test("lint() compiles matchers as nodes do (#65)", () => {
  const compileMatch = (source: string) => {
    if (source === "bad(") throw new SyntaxError("Cannot parse match");
  };
  deepStrictEqual(codes([entry({ match: "bad(" }), entry({ name: "b" })], compileMatch), [
    "match_error",
  ]);
});
