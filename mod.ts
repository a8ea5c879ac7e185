/**
 * Signed sets of autonomous agents, kept by a key-value store: pack, sign, verify and publish machines, run them, and write
 * watchers of your own.
 *
 * @example Packing, signing and verifying a list
 * ```ts
 * import {
 *   generateKeyPair,
 *   pack,
 *   parseSpecification,
 *   PrivateKey,
 *   PublicKey,
 *   readEnvelope,
 *   verify,
 * } from "@machinist/machinist";
 * import { strictEqual } from "node:assert/strict";
 *
 * const pair = generateKeyPair();
 * const list = [{
 *   name: "facts",
 *   source: "https://example.net/facts-1.0.0.tgz",
 *   verify: "SHA256SUMS",
 *   verify_checksum: "0".repeat(64),
 *   checksum: "1".repeat(64),
 *   match: "has_command('facter')",
 * }];
 * const payload = new TextEncoder().encode(JSON.stringify(list));
 * const packed = pack(payload, { keys: [PrivateKey.parse(pair.privateKey)] });
 *
 * const envelope = readEnvelope(new TextEncoder().encode(packed));
 * const trusted = verify(envelope, { keys: [PublicKey.parse(pair.publicKey)] });
 * strictEqual(parseSpecification(trusted).machines[0]?.name, "facts");
 * ```
 *
 * @module
 */

// The signed specification.
export {
  encodeEnvelope,
  type Envelope,
  envelopeFromData,
  type EnvelopeParts,
  type EnvelopeSignature,
  readEnvelope,
} from "./src/spec/envelope.ts";
export { type ManagedMachine } from "./src/spec/entry.ts";
export { type Extension } from "./src/spec/extension.ts";
export { KeyError, type KeyErrorCode } from "./src/spec/key_error.ts";
export { type Complaint, lint, type LintOptions, type LintReport } from "./src/spec/lint.ts";
export { type KeySet, type SpecificationMeta } from "./src/spec/meta.ts";
export { pack, type PackOptions } from "./src/spec/pack.ts";
export { generateKeyPair, type KeyPair, PrivateKey, signPayload } from "./src/spec/private_key.ts";
export { PublicKey, readPublicKey } from "./src/spec/public_key.ts";
export { SpecError, type SpecErrorCode, type SpecErrorOptions } from "./src/spec/spec_error.ts";
export { parseSpecification, type Specification } from "./src/spec/specification.ts";
export {
  findSigners,
  TrustedBytes,
  trustUnsigned,
  verify,
  type VerifyOptions,
} from "./src/spec/verify.ts";

// Whether a machine belongs on this node.
export {
  compileMatch,
  type CompileOptions,
  type EvaluateOptions,
  type Match,
} from "./src/match/match.ts";
export { type MatchCall } from "./src/match/evaluation.ts";
export {
  MatchError,
  type MatchErrorKind,
  type MatchErrorOptions,
} from "./src/match/match_error.ts";

// The world, as interfaces.
export { type Clock, type SleepOptions } from "./src/ports/clock.ts";
export { type EventSink, type PublishedEvent } from "./src/ports/events.ts";
export { type Fetch } from "./src/ports/fetch.ts";
export {
  type DirectoryEntry,
  type FileInfo,
  type FileKind,
  type Fs,
  FsError,
  type FsErrorCode,
  type FsErrorOptions,
  type OpenFile,
} from "./src/ports/fs.ts";
export {
  type CheckOptions,
  type CheckReport,
  type CheckRequest,
  type Difference,
  type Installer,
  type InstallOptions,
  type InstallReport,
  type InstallRequest,
  MAX_DIFFERENCES,
} from "./src/ports/installer.ts";
export {
  type BucketInfo,
  type CreateBucketOptions,
  type Kv,
  type KvBucket,
  type KvChangesOptions,
  KvError,
  type KvErrorCode,
  type KvErrorOptions,
  type KvGetOptions,
  type KvOptions,
  type KvPutOptions,
  type KvResult,
  type KvRevision,
} from "./src/ports/kv.ts";
export { type Log, type LogFields } from "./src/ports/log.ts";
export { type Admission, type Neighbours, type Verdict } from "./src/ports/neighbours.ts";
export { type Node, type NodeOptions } from "./src/ports/node.ts";
export { type Ports } from "./src/ports/ports.ts";
export {
  type Process,
  ProcessError,
  type RunOptions,
  type RunResult,
} from "./src/ports/process.ts";

// What a watcher is.
export {
  type Cause,
  type Data,
  type MachineFacts,
  type Outcome,
  type WakeOptions,
  type WatchContext,
  type Watcher,
  type WatcherPace,
  type WatcherType,
} from "./src/machine/watcher.ts";

// The watchers.
export { ArchiveWatcher } from "./src/watchers/archive.ts";
export { BUILT_IN_WATCHERS } from "./src/watchers/built_in.ts";
export { ExecWatcher } from "./src/watchers/exec.ts";
export { ExpressionWatcher } from "./src/watchers/expression.ts";
export { FileWatcher } from "./src/watchers/file.ts";
export { KvWatcher } from "./src/watchers/kv.ts";
export { MachinesWatcher } from "./src/watchers/machines.ts";
export { ScheduleWatcher } from "./src/watchers/schedule.ts";
export { TimerWatcher } from "./src/watchers/timer.ts";

// Archives.
export { buildArchive, type BuildArchiveOptions, type BuiltArchive } from "./src/archive/build.ts";
export {
  ArchiveError,
  type ArchiveErrorCode,
  type ArchiveErrorOptions,
} from "./src/archive/errors.ts";

// Machines, the host that runs a directory of them, and the agent.
export { Agent, type AgentWorld } from "./src/agent/agent.ts";
export {
  AgentError,
  type AgentErrorCode,
  type AgentErrorOptions,
} from "./src/agent/agent_error.ts";
export { type AgentOptions } from "./src/agent/agent_options.ts";
export { LogSink } from "./src/agent/log_sink.ts";
export {
  hasConverged,
  type MachineReport,
  type NodeStatus,
  type SpecStatus,
} from "./src/agent/node_status.ts";
export { Host } from "./src/host/host.ts";
export { type EmbeddedMachine, type HostOptions } from "./src/host/host_options.ts";
export { type Scanned } from "./src/host/scan.ts";
export {
  type HostedMachine,
  type HostProblem,
  type HostStatus,
  type Phase,
} from "./src/host/hosted_machine.ts";
export {
  type ForeignState,
  type MachineDefinition,
  type Subscription,
  type TransitionDefinition,
  type WatcherDefinition,
} from "./src/machine/definition.ts";
export { type Field } from "./src/machine/field.ts";
export { type Fields, fields } from "./src/machine/fields.ts";
export {
  type Properties,
  type PropertySchema,
  readProperties,
  type ReadPropertiesOptions,
} from "./src/machine/properties.ts";
export { Machine, type MachineOptions, type Transition } from "./src/machine/machine.ts";
export { type Manifest, parseManifest, type ParseManifestOptions } from "./src/machine/manifest.ts";
export { ManifestError, type ManifestErrorCode } from "./src/machine/manifest_error.ts";
export {
  type MachineStatus,
  type OutcomeStatus,
  type WatcherStatus,
} from "./src/machine/status.ts";

// The world through Deno and NATS.
export { DirectoryKv, type DirectoryKvOptions } from "./src/deno/directory_kv.ts";
export { createLog, type LogLevel, type LogOptions } from "./src/deno/log.ts";
export { DenoNode, type DenoNodeOptions } from "./src/deno/node.ts";
export { type DenoPorts, denoPorts, type DenoPortsOptions } from "./src/deno/ports.ts";
export { catchStrays } from "./src/deno/strays.ts";
export { connectNats, type NatsWorld } from "./src/nats/connect.ts";
export { type NatsKv } from "./src/nats/kv.ts";
export { type NatsMessage } from "./src/nats/messages.ts";
export { type NatsStatus } from "./src/nats/link.ts";
export { type NatsObjects, type ObjectUpload, type StoredObject } from "./src/nats/objects.ts";
export {
  type NatsOptions,
  type NatsTls,
  type NatsWorldPorts,
  type SecretText,
} from "./src/nats/options.ts";
export { type NatsSink } from "./src/nats/sink.ts";
export { WorkerInstaller, type WorkerInstallerOptions } from "./src/worker/worker_installer.ts";
