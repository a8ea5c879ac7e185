import { DenoClock } from "../../deno/clock.ts";
import { DenoNode } from "../../deno/node.ts";
import type { MatchCall } from "../../match/evaluation.ts";
import { compileMatch } from "../../match/match.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import { JSON_OPTION, NODE_OPTIONS } from "../options.ts";

/** `machinist match`. */
export const match: Command = defineCommand({
  name: "match",
  summary: "Evaluates a match expression on this node",
  args: [{ form: "<EXPR>", about: "for example \"identity('^web') && has_command('facter')\"" }],
  options: [
    ...NODE_OPTIONS,
    { flags: "--trace", about: "show what each function answered, on standard error" },
    JSON_OPTION,
  ],
  examples: ["machinist match \"identity('^web')\" --identity web1.example.net"],
  async action(input, io) {
    const expression = input.arg(0);
    const identity = input.text("identity");
    const facts = input.text("facts");
    const node = new DenoNode({
      ...(identity === undefined ? {} : { identity }),
      ...(facts === undefined ? {} : { factsFile: absolutePath(facts, io.cwd) }),
    });
    const calls: MatchCall[] = [];
    const matched = await compileMatch(expression).evaluate(node, {
      clock: new DenoClock(),
      onCall: (call) => {
        calls.push(call);
        if (!input.flag("trace")) return;
        const answer = call.error ?? JSON.stringify(call.result);
        io.note(`${call.name}(${JSON.stringify(call.argument)}) = ${answer}\n`);
      },
    });
    if (input.flag("json")) {
      io.write(`${JSON.stringify({ expression, identity: node.identity, matched, calls })}\n`);
    } else {
      io.write(`${matched}\n`);
    }
    return matched ? EXIT.done : EXIT.failed;
  },
});
