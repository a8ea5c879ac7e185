/**
 * The `machinist` command.
 *
 * @module
 */
import { main } from "./src/cli/main.ts";
import { DenoTerminal } from "./src/deno/terminal.ts";

Deno.exitCode = await main(Deno.args, new DenoTerminal());
