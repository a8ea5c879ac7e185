/**
 * Sees to it that the tests find what they need beside Deno: a nats-server. Installs Debian's package where it
 * is missing and the rights are there; otherwise says what to do.
 */
import { findNatsServer } from "./find_nats_server.ts";

async function run(command: readonly string[]): Promise<boolean> {
  console.error(`setup: ${command.join(" ")}`);
  const [name = "", ...args] = command;
  try {
    const { success } = await new Deno.Command(name, {
      args,
      env: { DEBIAN_FRONTEND: "noninteractive" },
      stdout: "null",
    }).output();
    return success;
  } catch {
    return false;
  }
}

/** How to become root: nothing for root itself; undefined when there is no way without a password. */
async function asRoot(): Promise<readonly string[] | undefined> {
  if (Deno.uid() === 0) return [];
  return await run(["sudo", "-n", "true"]) ? ["sudo", "-n"] : undefined;
}

async function install(): Promise<boolean> {
  const root = await asRoot();
  if (root === undefined) return false;
  const get = [...root, "apt-get", "-qq", "-o", "DPkg::Lock::Timeout=120"];
  // The lists of a fresh machine are empty or old; where they cannot be had, those that are there may do.
  await run([...get, "update"]);
  return await run([...get, "install", "-y", "--no-install-recommends", "nats-server"]);
}

if (findNatsServer() === undefined && !(await install() && findNatsServer() !== undefined)) {
  console.error(
    "setup: Cannot install nats-server, which the tests need\n" +
      'hint: as root run "apt-get update && apt-get install -y nats-server", or put a nats-server 2.9 or newer on PATH',
  );
  Deno.exit(1);
}
