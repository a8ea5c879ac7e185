import { deepStrictEqual } from "node:assert/strict";
import { parseStrictJson, StrictJsonError } from "../../src/util/strict_json.ts";
import { bytes, data } from "../spec/fixture.ts";
import type { FuzzTarget } from "./engine.ts";

/** What JSON.parse would give, in the form that comparisons want: no prototypes. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== "object" || value === null) return value;
  const copy: Record<string, unknown> = Object.create(null);
  for (const [key, item] of Object.entries(value)) copy[key] = plain(item);
  return copy;
}

/** Whatever the bytes: refused by code, or read as JSON.parse reads them. */
export const target: FuzzTarget = {
  name: "json",
  corpus: [
    bytes('{"a":[1,-2.5e3,true,false,null,"x\\u00e9\\n\\"",{}],"b":{"c":[]}}'),
    bytes(' [ 0 , "\u{1f600}" , "\\ud83d\\ude00" ] '),
    data("seed_machines.json"),
  ],
  tokens: ['"a"', ":", ",", "{}", "[]", "1e999", "-0", "0.1", "\\u", "\\ud800", "__proto__", "//"],
  run(input) {
    let value: unknown;
    try {
      value = parseStrictJson(input);
    } catch (error) {
      if (error instanceof StrictJsonError) return;
      throw error;
    }
    deepStrictEqual(plain(value), plain(JSON.parse(new TextDecoder().decode(input))));
  },
};
