import { DenoClock } from "../../deno/clock.ts";
import { DenoNode } from "../../deno/node.ts";
import { desired } from "../../sets/desired.ts";
import { ManagedRecords } from "../../sets/managed_records.ts";
import { leftManagers } from "../../sets/left_managers.ts";
import { managerManifest } from "../../sets/manager_manifest.ts";
import { plan as decide, type Step } from "../../sets/plan.ts";
import { present } from "../../sets/present.ts";
import { survey } from "../../sets/survey.ts";
import { readEnvelope } from "../../spec/envelope.ts";
import { MAX_ENVELOPE_BYTES } from "../../spec/limits.ts";
import { parseSpecification, type Specification } from "../../spec/specification.ts";
import { trustUnsigned, verify } from "../../spec/verify.ts";
import { parseDuration } from "../../util/duration.ts";
import { absolutePath } from "../absolute_path.ts";
import type { Command } from "../command.ts";
import { defineCommand } from "../define_command.ts";
import { EXIT } from "../exit_code.ts";
import type { Input } from "../input.ts";
import {
  DIRECTORY_OPTIONS,
  JSON_OPTION,
  KEY_OPTION,
  NODE_OPTIONS,
  STORE_OPTIONS,
} from "../options.ts";
import { writePlanFile } from "../plan_file.ts";
import { publicKeysFrom } from "../public_key_text.ts";
import { openStore } from "../store.ts";
import type { Terminal } from "../terminal.ts";

/** `machinist plan`. */
export const plan: Command = defineCommand({
  name: "plan",
  summary: "Shows what this node would do with a packed file, and changes nothing",
  args: [{ form: "<FILE>", about: "what pack printed; - for standard input" }],
  options: [
    ...DIRECTORY_OPTIONS,
    { flags: "--manage-interval <DURATION>", about: "as the node has it", fallback: "1m" },
    { flags: "--no-purge", about: "as the node has it" },
    { flags: "--exit-code", about: "exit 1 when there are changes" },
    { flags: "--output <PLAN>", about: "keep the plan for push, with the store's newest revision" },
    KEY_OPTION,
    ...NODE_OPTIONS,
    ...STORE_OPTIONS,
    JSON_OPTION,
  ],
  examples: [
    "machinist plan spec.json --machines /srv/machines",
    "machinist plan spec.json --output change.plan && machinist push change.plan",
  ],
  async action(input, io) {
    const bytes = await io.readFile(input.arg(0), MAX_ENVELOPE_BYTES + 1);
    const envelope = readEnvelope(bytes);
    const keys = await publicKeysFrom(input.list("public-key"), io);
    const trusted = keys.length > 0 ? verify(envelope, { keys }) : trustUnsigned(envelope);
    const changes = await planOf(parseSpecification(trusted), input, io);
    const count = (symbol: string) => changes.filter((change) => change.symbol === symbol).length;
    const [add, change, remove] = [count("+"), count("~"), count("-")];
    const output = input.text("output");
    const revision = output === undefined ? undefined : await keep(output, bytes, input, io);
    if (input.flag("json")) {
      const steps = changes.map(({ action, name, why, code }) => ({
        action,
        name,
        why,
        code: code ?? null,
      }));
      io.write(`${JSON.stringify({ add, change, remove, revision, steps })}\n`);
    } else {
      for (const { symbol, name, why, code } of changes) {
        io.write(`${symbol} ${name}: ${why}${code === undefined ? "" : ` [${code}]`}\n`);
      }
      io.write(`Plan: ${add} to add, ${change} to change, ${remove} to remove.\n`);
    }
    return input.flag("exit-code") && add + change + remove > 0 ? EXIT.failed : EXIT.done;
  },
});

/** A step with the word and the sign that people read. */
interface Change extends Step {
  readonly action: "install" | "replace" | "keep" | "remove" | "hold";
  readonly symbol: "+" | "~" | "=" | "-" | "!";
}

async function planOf(
  { machines: listed, meta }: Specification,
  input: Input,
  io: Terminal,
): Promise<readonly Change[]> {
  const machines = absolutePath(input.text("machines") ?? "", io.cwd);
  const state = input.text("state");
  const stateDirectory = state === undefined
    ? `${machines}/.machinist`
    : absolutePath(state, io.cwd);
  const identity = input.text("identity");
  const facts = input.text("facts");
  const clock = new DenoClock();
  const node = new DenoNode({
    ...(identity === undefined ? {} : { identity }),
    ...(facts === undefined ? {} : { factsFile: absolutePath(facts, io.cwd) }),
  });
  const wanted = await desired(listed, node, { clock });
  const records = ManagedRecords.load(io.fs, stateDirectory);
  const intervalMs = parseDuration(input.text("manage-interval") ?? "");
  const manifests = new Map(
    listed.map((
      machine,
    ) => [machine.name, managerManifest(machine, { target: machines, intervalMs })]),
  );
  const standing = present(io.fs, machines);
  const owner = "manager";
  const { steps } = decide({
    owner,
    desired: wanted,
    meta,
    records: records.all,
    standing: survey(wanted, {
      fs: io.fs,
      machines,
      present: standing,
      records: records.all,
      manifests,
    }),
    left: leftManagers({
      fs: io.fs,
      machines,
      stateDirectory,
      owner,
      present: standing,
      records: records.all,
    }),
    purge: !input.flag("no-purge"),
    now: clock.now(),
  });
  return steps.map((step): Change => {
    if (step.kind === "remove") return { ...step, action: "remove", symbol: "-" };
    if (step.kind === "hold") return { ...step, action: "hold", symbol: "!" };
    if (step.kind === "keep") return { ...step, action: "keep", symbol: "=" };
    return records.all.has(step.name)
      ? { ...step, action: "replace", symbol: "~" }
      : { ...step, action: "install", symbol: "+" };
  });
}

/** Writes the plan file; the revision that it was made against. */
async function keep(
  output: string,
  envelope: Uint8Array,
  input: Input,
  io: Terminal,
): Promise<number> {
  const bucket = input.text("bucket") ?? "";
  const key = input.text("key") ?? "";
  await using store = await openStore(input, io);
  const newest = await store.bucket(bucket).get(key);
  const revision = newest.kind === "absent" ? newest.revision ?? 0 : newest.revision;
  using file = io.fs.create(output, 0o600);
  file.write(new TextEncoder().encode(writePlanFile({ bucket, key, revision, envelope })));
  file.sync();
  return revision;
}
