import type { NodeStatus } from "../agent/node_status.ts";
import { table } from "./table.ts";

/** A node's status for people. */
export async function machinesText({ identity, spec, machines }: NodeStatus): Promise<string> {
  const facts = [
    ...(spec.version === null ? [] : [`version ${spec.version}`]),
    ...(spec.revision === null ? [] : [`revision ${spec.revision}`]),
    ...(spec.sha256 === null ? ["no specification"] : [`sha256 ${spec.sha256.slice(0, 12)}`]),
    ...(spec.sha256 === null ? [] : [
      spec.verified_by === null ? "not signed" : `signed by ${spec.verified_by.slice(0, 12)}`,
    ]),
  ];
  const lines = [`${identity}: ${facts.join(", ")}`];
  if (spec.code !== null) lines.push(`refused: ${spec.reason} [${spec.code}]`);
  const head = `${lines.join("\n")}\n`;
  if (machines.length === 0) return `${head}no machines\n`;
  const rows = machines.map((machine) => [
    machine.name,
    machine.wanted === null ? "?" : machine.wanted ? "yes" : "no",
    machine.digest === null ? (machine.installed ? "yes" : "-") : machine.digest.slice(0, 12),
    machine.version ?? "-",
    machine.state ?? "-",
    machine.checked?.replace(/\.\d+Z$/, "Z") ?? "-",
    machine.code === "ok" ? "ok" : `${machine.reason} [${machine.code}]`,
  ]);
  const headings = ["NAME", "WANTED", "INSTALLED", "VERSION", "STATE", "CHECKED", "WHY"];
  return `${head}\n${await table(headings, rows)}`;
}
