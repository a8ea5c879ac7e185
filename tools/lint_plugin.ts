import { shapeRules } from "./lint/shape.ts";
import { wordRules } from "./lint/words.ts";
import { worldRules } from "./lint/world.ts";

/** The house rules that `deno lint` can see, from one file at a time. */
const plugin: Deno.lint.Plugin = {
  name: "machinist",
  rules: { ...shapeRules, ...worldRules, ...wordRules },
};

export default plugin;
